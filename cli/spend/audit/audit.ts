import type { Catalog } from '../../../catalog/model';
import type { ServedModel } from '../../../settings/served-models';
import { openDifference } from '../corrections/plan';
import { readSettled, type SettledGroups } from '../corrections/store';
import { dayAfter } from '../day';
import { type Accounts, readAccounts } from '../ledger/accounts';
import type { LedgerDatabase } from '../ledger/database';
import { type LedgerExtent, ledgerExtent, ledgerRows } from '../ledger/rows';
import { Pricer } from './price';
import { type Group, groupId, type NotPricedGroup, tally } from './tally';

/** One key, model and day. USD throughout. */
export interface AuditEntry {
  readonly group: Group;
  readonly keyName: string;
  /** The person's name; empty for a key without one. */
  readonly userName: string;
  /** What earlier corrections have added. */
  readonly corrected: number;
  /** What is still wrong: `expected - counted - corrected`. */
  readonly difference: number;
}

/** A ledger compared with the catalog. */
export interface Audit {
  readonly extent: LedgerExtent;
  readonly rows: number;
  /** Of these, requests that failed without a usage and are taken as not billed. */
  readonly failed: number;
  readonly entries: readonly AuditEntry[];
  readonly notPriced: readonly NotPricedGroup[];
  /** Sums of the entries. */
  readonly counted: number;
  readonly expected: number;
  readonly corrected: number;
  readonly difference: number;
  /** Sum of the entries' differences without their signs, in percent of what was expected: two errors do not cancel out. */
  readonly deviationPercent: number;
  /** Requests that could not be priced, in percent of all. */
  readonly notPricedPercent: number;
  readonly accounts: Accounts;
  readonly settled: SettledGroups;
}

export interface AuditProps {
  readonly database: LedgerDatabase;
  readonly served: readonly ServedModel[];
  readonly catalog: Catalog;
  /** First and last day, UTC. @default - the whole ledger */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** @throws LedgerError where the database does not answer */
export async function auditLedger({ database, served, catalog, from, to }: AuditProps): Promise<Audit> {
  const extent = await ledgerExtent(database);
  const accounts = await readAccounts(database);
  const settled = await readSettled(database);
  const rows = ledgerRows(database, {
    ...(from ? { from } : {}),
    ...(to ? { to: dayAfter(to) } : {}),
  });
  const { groups, notPriced, failed, rows: count } = await tally(rows, new Pricer(served, catalog), accounts);
  const entries = groups.map((group) => entryOf(group, accounts, settled)).sort(byDayAndDifference);
  const sum = (of: (entry: AuditEntry) => number) => entries.reduce((total, entry) => total + of(entry), 0);
  const expected = sum(({ group }) => group.expected);
  const deviation = sum(({ difference }) => Math.abs(difference));
  const unpriced = notPriced.reduce((total, { requests }) => total + requests, 0);
  return {
    extent,
    rows: count,
    failed,
    entries,
    notPriced: [...notPriced].sort((a, b) => b.requests - a.requests),
    counted: sum(({ group }) => group.counted),
    expected,
    corrected: sum(({ corrected }) => corrected),
    difference: sum(({ difference }) => difference),
    deviationPercent: percent(deviation, expected),
    notPricedPercent: percent(unpriced, count),
    accounts,
    settled,
  };
}

function entryOf(group: Group, accounts: Accounts, settled: SettledGroups): AuditEntry {
  const earlier = settled.groups.get(groupId(group));
  return {
    group,
    keyName: accounts.keyName(group.key),
    userName: group.user && (accounts.find('user', group.user)?.name ?? group.user),
    corrected: earlier?.difference ?? 0,
    difference: openDifference(group, earlier),
  };
}

const byDayAndDifference = (a: AuditEntry, b: AuditEntry): number =>
  a.group.day.localeCompare(b.group.day) || Math.abs(b.difference) - Math.abs(a.difference);

/** Of nothing, anything above zero is all of it. */
export const percent = (part: number, whole: number): number => {
  if (Math.abs(part) < 1e-9) return 0;
  return whole > 0 ? (part / whole) * 100 : 100;
};
