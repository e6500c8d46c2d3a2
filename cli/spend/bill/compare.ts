import type { Group } from '../audit/tally';
import { type Bill, billedModel } from './bill';

/** One day and model of a bill beside the ledger. USD throughout. */
export interface BillEntry {
  readonly day: string;
  /**
   * `sonnet 5.5`; `web search` for searches, `other` for what a bill lists under no model, `all models` where it names none at
   * all.
   */
  readonly model: string;
  readonly billed: number;
  /** What the catalog says that the requests of the ledger cost. */
  readonly expected: number;
  /** What was booked for them; searches are not booked apart, so theirs is undefined. */
  readonly counted: number | undefined;
  /** What nobody can explain: `billed - expected`. */
  readonly unexplained: number;
}

/** A bill beside the ledger. */
export interface BillComparison {
  readonly format: string;
  readonly entries: readonly BillEntry[];
  /** Sums of the entries. */
  readonly billed: number;
  readonly expected: number;
  readonly unexplained: number;
  /** Days of the bill for which there is no ledger, with what was billed. */
  readonly outside: readonly { readonly day: string; readonly billed: number }[];
  readonly warnings: readonly string[];
}

export interface ComparisonOptions {
  /** First and last day that the ledger covers; undefined where it is empty. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** Only these days of the bill. @default - all */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Only lines of this workspace or account. @default - all */
  readonly workspace?: string | undefined;
}

export const WEB_SEARCH = 'web search';
const OTHER = 'other';
const ALL = 'all models';

/**
 * Puts a bill beside the sums of the ledger, per day and model. Only the biller's own deployments are compared, on the days that
 * the bill covers.
 */
export function compareBill(
  bill: Bill,
  groups: readonly Group[],
  { first, last, from, to, workspace }: ComparisonOptions,
): BillComparison {
  const lines = bill.lines
    .filter((line) => workspace === undefined || line.workspace === workspace)
    .filter(({ day }) => (from === undefined || day >= from) && (to === undefined || day <= to));
  const days = lines.map(({ day }) => day).sort();
  const inside = (day: string) => first !== undefined && last !== undefined && day >= first && day <= last;
  const covered = (day: string) => inside(day) && day >= (days[0] ?? '') && day <= (days.at(-1) ?? '');
  const entries = new Map<string, { day: string; model: string; billed: number; expected: number; counted: number }>();
  const entry = (day: string, model: string) => {
    const id = `${day}\n${model}`;
    const found = entries.get(id) ?? { day, model, billed: 0, expected: 0, counted: 0 };
    entries.set(id, found);
    return found;
  };
  const outside = new Map<string, number>();
  const byModel = lines.some(({ model }) => model !== '');
  const nameOf = (model: string, what: string) => {
    if (!byModel) return ALL;
    return model || (/web[ _-]?search/i.test(what) ? WEB_SEARCH : OTHER);
  };
  for (const { day, model, what, amount } of lines) {
    if (!inside(day)) outside.set(day, (outside.get(day) ?? 0) + amount);
    else entry(day, nameOf(model, what)).billed += amount;
  }
  // Where the bill lists searches under their model, so does this.
  const apart = [...entries.values()].some(({ model }) => model === WEB_SEARCH);
  for (const group of groups) {
    if (!group.deployment.startsWith(`${bill.biller}/`) || !covered(group.day)) continue;
    const model = byModel ? billedModel(group.deployment.slice(bill.biller.length + 1)) : ALL;
    const tokens = entry(group.day, model);
    tokens.expected += apart ? group.expected - group.searches : group.expected;
    tokens.counted += group.counted;
    if (apart && group.searches > 0) entry(group.day, WEB_SEARCH).expected += group.searches;
  }
  const all = [...entries.values()]
    .map(({ counted, ...rest }) => ({
      ...rest,
      counted: rest.model === WEB_SEARCH ? undefined : counted,
      unexplained: rest.billed - rest.expected,
    }))
    .sort((a, b) => a.day.localeCompare(b.day) || a.model.localeCompare(b.model));
  const sum = (field: 'billed' | 'expected' | 'unexplained') => all.reduce((total, each) => total + each[field], 0);
  return {
    format: bill.format,
    entries: all,
    billed: sum('billed'),
    expected: sum('expected'),
    unexplained: sum('unexplained'),
    outside: [...outside].map(([day, billed]) => ({ day, billed })).sort((a, b) => a.day.localeCompare(b.day)),
    warnings: bill.warnings,
  };
}
