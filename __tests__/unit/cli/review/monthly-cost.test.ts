import fc from 'fast-check';
import { monthlyCost, monthlyCostOfAll, windowsPerMonth } from '../../../../cli/review/values/monthly-cost';
import type { Deployment } from '../../../../deployment/schema';

const HOUR = 1;
const DAY = 24 * HOUR;
const MONTH = 31 * DAY;

interface Budget {
  readonly usd: number;
  /** Hours. */
  readonly window: number;
  /** When some window begins, hours after the month does; may be before it. */
  readonly begins: number;
}

/** Spend against a budget whose windows come one after another. */
class Meter {
  private readonly spent = new Map<number, number>();

  constructor(private readonly budget: Budget) {}

  left(hour: number): number {
    return this.budget.usd - (this.spent.get(this.windowOf(hour)) ?? 0);
  }

  spend(hour: number, usd: number): void {
    const window = this.windowOf(hour);
    this.spent.set(window, (this.spent.get(window) ?? 0) + usd);
  }

  private windowOf(hour: number): number {
    return Math.floor((hour - this.budget.begins) / this.budget.window);
  }
}

/** What people spend in a month who always spend all they can: every key, every hour, as far as key and person allow. */
function spendAll(people: readonly { cap: Budget; keys: readonly Budget[] }[], order: 1 | -1): number {
  let total = 0;
  for (const { cap, keys } of people) {
    const person = new Meter(cap);
    const meters = keys.map((key) => new Meter(key));
    const turns = order === 1 ? meters : [...meters].reverse();
    for (let hour = 0; hour < MONTH; hour += 1) {
      for (const key of turns) {
        const usd = Math.min(key.left(hour), person.left(hour));
        key.spend(hour, usd);
        person.spend(hour, usd);
        total += usd;
      }
    }
  }
  return total;
}

/** Days begin at midnight, as LiteLLM's windows of whole days do; others begin at any hour. */
const durations = fc.oneof(
  fc.integer({ min: 1, max: 60 }).map((days) => ({ text: `${days}d`, hours: days * DAY, grid: DAY })),
  fc.integer({ min: 1, max: 100 }).map((hours) => ({ text: `${hours}h`, hours, grid: hours % DAY === 0 ? DAY : HOUR })),
);
const amount = fc.integer({ min: 1, max: 50 });
const phase = fc.integer({ min: 0, max: 2000 });

const policies = (budgets: Readonly<Record<string, { max_budget: number; budget_duration: string }>>) =>
  ({ policies: budgets }) as unknown as Pick<Deployment, 'policies'>;

test('no calendar lets more windows into a month than are counted, and some calendar lets in as many', () => {
  fc.assert(
    fc.property(durations, ({ text, hours, grid }) => {
      const entered = (begins: number) =>
        new Set(Array.from({ length: MONTH }, (_, hour) => Math.floor((hour - begins) / hours))).size;
      const most = Math.max(...Array.from({ length: Math.ceil(hours / grid) }, (_, step) => entered(-step * grid)));
      expect(most).toBeLessThanOrEqual(windowsPerMonth(text));
      if (grid === DAY) expect(most).toBe(windowsPerMonth(text));
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['30d', 2],
  ['31d', 2],
  ['365d', 2],
  ['7d', 6],
  ['1d', 31],
  ['24h', 31],
  ['12h', 63],
])('a month enters at most as many windows of %s as there can be: %i', (duration, windows) => {
  expect(windowsPerMonth(duration)).toBe(windows);
});

test('keys of people never cost more in a month than is told, whatever the windows and whoever spends first', () => {
  const budget = fc.record({ usd: amount, duration: durations });
  fc.assert(
    fc.property(
      fc.record({ person: budget, workspace: budget, user: budget }),
      fc.array(
        fc.record({
          workspaces: fc.integer({ min: 0, max: 3 }),
          users: fc.integer({ min: 0, max: 1 }),
          phases: fc.array(phase, { minLength: 5, maxLength: 5 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      fc.constantFrom(1 as const, -1 as const),
      (budgets, people, order) => {
        const placed = ({ usd, duration: { hours, grid } }: typeof budgets.person, at = 0): Budget => ({
          usd,
          window: hours,
          begins: -Math.floor(at / grid) * grid,
        });
        const spent = spendAll(
          people.map(({ workspaces, users, phases }) => ({
            cap: placed(budgets.person, phases[0]),
            keys: [
              ...Array.from({ length: workspaces }, (_, index) => placed(budgets.workspace, phases[index + 1])),
              ...Array.from({ length: users }, () => placed(budgets.user, phases[4])),
            ],
          })),
          order,
        );
        const text = Object.fromEntries(
          Object.entries(budgets).map(([scope, { usd, duration }]) => [
            scope,
            { max_budget: usd, budget_duration: duration.text },
          ]),
        );
        const counts = {
          workspace: people.reduce((sum, { workspaces }) => sum + workspaces, 0),
          user: people.reduce((sum, { users }) => sum + users, 0),
        };
        expect(spent).toBeLessThanOrEqual(monthlyCostOfAll(policies(text), { ...counts, person: people.length }));
        expect(spent).toBeLessThanOrEqual(monthlyCostOfAll(policies(text), counts));
      },
    ),
    { numRuns: 40 },
  );
});

const BUDGETS = policies({
  person: { max_budget: 40, budget_duration: '30d' },
  workspace: { max_budget: 30, budget_duration: '30d' },
  user: { max_budget: 20, budget_duration: '30d' },
  ci: { max_budget: 5, budget_duration: '30d' },
});

test('the cap of a person limits the sum of their workspaces and own keys, and no key of CI', () => {
  expect(monthlyCost('workspace', BUDGETS, { workspace: 3, person: 1 })).toBe(80);
  expect(monthlyCostOfAll(BUDGETS, { workspace: 3, user: 1, ci: 2, person: 1 })).toBe(80 + 20);
});

test('without a number of people, each key may belong to another person', () => {
  expect(monthlyCostOfAll(BUDGETS, { workspace: 3, user: 1, ci: 0 })).toBe(180 + 40);
});
