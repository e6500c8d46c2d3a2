import type { DeployedPolicy, Deployment, PersonCap } from '../../../deployment/schema';
import { durationSeconds } from '../../../images/key-provisioner/src/keys/duration';
import type { KeyCounts } from '../comparison';

const DAY_S = 86_400;
/** The longest month, so that no month costs more than is told. */
const MONTH_DAYS = 31;

/** Kinds of keys that belong to a person, whose cap limits what they spend together. */
const OF_A_PERSON: readonly string[] = ['workspace', 'user'];

/**
 * How many budget windows a month touches at most: each of them can be spent in full within the month, also one that began before
 * it or ends after it.
 *
 * LiteLLM lets windows of whole days begin at midnight UTC, whatever the day, and a month is 31 days from a midnight UTC on: of 30
 * days there are two, of seven days six, of one day 31. Other windows may begin at any second, which makes one more.
 *
 * @returns Infinity for what is no span of time
 */
export function windowsPerMonth(duration: string): number {
  let window: number;
  try {
    window = durationSeconds(duration);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
  return window % DAY_S === 0
    ? Math.ceil((MONTH_DAYS - 1) / (window / DAY_S)) + 1
    : Math.ceil((MONTH_DAYS * DAY_S) / window) + 1;
}

/** The most that one key, or one person's keys together, can cost in a month, by its own budget alone. US dollars. */
export const monthlyBudget = (policy: PersonCap): number => policy.max_budget * windowsPerMonth(policy.budget_duration);

/**
 * The most that the keys of one scope can cost in a month. US dollars.
 *
 * An upper bound: no calendar and no order of requests makes them cost more. A key of a person costs at most what the person's cap
 * allows, and all people together at most their number times the cap; without a number of people each key has a person of its own.
 * Not counted is what LiteLLM itself lets pass: it checks a budget before a request and books the cost after it, so the requests
 * under way when a budget is used up are answered. Nor is spend that an operator resets, or a limit raised on one key.
 *
 * @param scope `person` tells what people may spend together, however many keys they have
 */
export function monthlyCost(scope: string, { policies }: Pick<Deployment, 'policies'>, counts: KeyCounts): number {
  const policy = (policies as Readonly<Record<string, DeployedPolicy | PersonCap | undefined>>)[scope];
  if (!policy) return 0;
  const count = counts[scope] ?? 1;
  const own = monthlyBudget(policy);
  if (!OF_A_PERSON.includes(scope)) return times(count, own);
  const cap = monthlyBudget(policies.person);
  return Math.min(times(count, Math.min(own, cap)), people(counts, cap));
}

/** The most that all keys together can cost in a month: less than the sum where people's caps limit several kinds of their keys. US dollars. */
export function monthlyCostOfAll(deployment: Pick<Deployment, 'policies'>, counts: KeyCounts): number {
  const scopes = Object.keys(deployment.policies).filter((scope) => scope !== 'person');
  const sum = (of: readonly string[]) => of.reduce((total, scope) => total + monthlyCost(scope, deployment, counts), 0);
  const owned = scopes.filter((scope) => OF_A_PERSON.includes(scope));
  const cap = monthlyBudget(deployment.policies.person);
  return Math.min(sum(owned), people(counts, cap)) + sum(scopes.filter((scope) => !owned.includes(scope)));
}

const people = (counts: KeyCounts, cap: number) =>
  counts['person'] === undefined ? Number.POSITIVE_INFINITY : times(counts['person'], cap);

/** No keys cost nothing, however much one might. */
const times = (count: number, usd: number) => (count === 0 ? 0 : count * usd);
