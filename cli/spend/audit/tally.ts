import type { Deployment } from '../../../catalog/model';
import { ACCOUNT_KINDS, type Account, type AccountKind, type Accounts, type Bearers } from '../ledger/accounts';
import type { LedgerRow } from '../ledger/rows';
import type { Pricer } from './price';

/** What rows are summed by. */
export interface GroupKey {
  /** UTC, `2026-11-26`. */
  readonly day: string;
  readonly key: string;
  readonly user: string;
  readonly team: string;
  /** The name that was asked for. */
  readonly name: string;
  /** Provider and its id of the model, `anthropic/claude-sonnet-5-5`; empty where nothing was billed. */
  readonly deployment: string;
}

/** The requests of one key, model and day. */
export interface Group extends GroupKey {
  requests: number;
  /** Sum of what was booked, USD. */
  counted: number;
  /** Sum of what the catalog says, USD. */
  expected: number;
  /** Of `expected`, what is for web searches. */
  searches: number;
  /** Of the difference `expected - counted`, what falls into the budget window of today, per account. */
  readonly inWindow: Record<AccountKind, number>;
}

/** Requests that could not be priced. */
export interface NotPricedGroup {
  readonly reason: string;
  readonly name: string;
  readonly model: string;
  requests: number;
  counted: number;
}

export interface Tally {
  readonly rows: number;
  /** Of these, requests that failed without a usage and are taken as not billed. */
  readonly failed: number;
  readonly groups: readonly Group[];
  readonly notPriced: readonly NotPricedGroup[];
}

/**
 * Prices every row and sums. Memory grows with the number of keys, models and days, not with that of requests.
 *
 * @throws LedgerError as the reading of rows does
 */
export async function tally(rows: AsyncIterable<LedgerRow>, pricer: Pricer, accounts: Accounts): Promise<Tally> {
  const groups = new Map<string, Group>();
  const notPriced = new Map<string, NotPricedGroup>();
  const bearers = new Map<string, Bearers>();
  let [count, failed] = [0, 0];
  for await (const row of rows) {
    count += 1;
    const price = pricer.price(row);
    if ('reason' in price) {
      const id = `${price.reason}\n${row.name}\n${row.model}`;
      const group = notPriced.get(id) ?? {
        reason: price.reason,
        name: row.name,
        model: row.model,
        requests: 0,
        counted: 0,
      };
      notPriced.set(id, group);
      group.requests += 1;
      group.counted += row.spend;
      continue;
    }
    const group = groupOf(groups, row, labelOf(price.deployment));
    group.requests += 1;
    group.counted += row.spend;
    group.expected += price.expected;
    if (price.deployment) group.searches += price.searches;
    else if (price.failed) failed += 1;
    const of = bearersOf(bearers, accounts, row);
    for (const kind of ACCOUNT_KINDS) {
      if (counts(of[kind], row.startedAt)) group.inWindow[kind] += price.expected - row.spend;
    }
  }
  return { rows: count, failed, groups: [...groups.values()], notPriced: [...notPriced.values()] };
}

function bearersOf(known: Map<string, Bearers>, accounts: Accounts, { key, user, team }: LedgerRow): Bearers {
  const id = `${key}\n${user}\n${team}`;
  let found = known.get(id);
  if (!found) {
    found = accounts.bearing({ key, user, team });
    known.set(id, found);
  }
  return found;
}

const counts = (account: Account | undefined, startedAt: string): boolean =>
  account !== undefined && (account.countsFrom === undefined || startedAt >= account.countsFrom);

/** `anthropic/claude-sonnet-5-5`; empty for none. */
export const labelOf = (deployment: Deployment | undefined): string =>
  deployment ? `${deployment.provider}/${deployment.model}` : '';

/** Identifies a group, also among those of an earlier run. */
export const groupId = ({ day, key, user, team, name, deployment }: GroupKey): string =>
  [day, key, user, team, name, deployment].join('\n');

function groupOf(groups: Map<string, Group>, row: LedgerRow, deployment: string): Group {
  const { key, user, team, name } = row;
  const of: GroupKey = { day: row.startedAt.slice(0, 10), key, user, team, name, deployment };
  const id = groupId(of);
  let group = groups.get(id);
  if (!group) {
    group = { ...of, requests: 0, counted: 0, expected: 0, searches: 0, inWindow: { key: 0, user: 0, team: 0 } };
    groups.set(id, group);
  }
  return group;
}
