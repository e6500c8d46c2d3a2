import { z } from 'zod';
import { ACCOUNT_KINDS, type Account, type Accounts } from '../ledger/accounts';
import { isoTime, type LedgerDatabase } from '../ledger/database';
import { NEGLIGIBLE } from './plan';
import { type Change, readSettled } from './store';

/**
 * Requests that ended less than this ago, seconds, are left out: LiteLLM writes rows and counters apart, up to 17 seconds after an answer.
 */
const SETTLING_S = 120;

const bookedRow = z.tuple([z.string(), z.string(), z.string(), z.string(), z.number()]);
const correctedRow = z.tuple([z.enum(ACCOUNT_KINDS), z.string(), z.string(), z.number()]);

/**
 * Counters that are below what the ledger's rows of their window add up to: LiteLLM was killed, or its database was away, before it
 * wrote them. The rows' sum is a lower bound, since a window's first minute is left out.
 *
 * @throws LedgerError where the database does not answer
 */
export async function shortfalls(database: LedgerDatabase, accounts: Accounts): Promise<Change[]> {
  const sums = new Map<string, { account: Account; sum: number }>();
  const add = (account: Account | undefined, at: string, amount: number) => {
    if (!account || (account.countsFrom && at < account.countsFrom)) return;
    const id = `${account.kind}/${account.id}`;
    sums.set(id, { account, sum: (sums.get(id)?.sum ?? 0) + amount });
  };
  const minute = isoTime(`date_trunc('minute', "startTime")`);
  const query = `SELECT jsonb_build_array(api_key, coalesce("user", ''), coalesce(team_id, ''), ${minute}, sum(spend))::text
    FROM "LiteLLM_SpendLogs" WHERE spend > 0 AND "endTime" < (now() AT TIME ZONE 'UTC') - interval '${SETTLING_S} seconds'
    GROUP BY api_key, "user", team_id, ${minute}`;
  for await (const raw of database.rows(query)) {
    const [key, user, team, at, amount] = bookedRow.parse(raw);
    const bearers = accounts.bearing({ key, user, team });
    for (const kind of ACCOUNT_KINDS) add(bearers[kind], at, amount);
  }
  for await (const [kind, id, at, difference] of audited(database)) {
    add(
      kind === 'key' ? accounts.bearing({ key: id, user: '', team: '' }).key : accounts.find(kind, id),
      at,
      difference,
    );
  }
  return [...sums.values()]
    .map(({ account: { kind, id, name, spend }, sum }) => ({ kind, id, name, difference: sum - spend }))
    .filter(({ difference }) => difference > NEGLIGIBLE);
}

/** What audits have corrected: rows stay as they were booked, so the counters differ from them by that. */
async function* audited(database: LedgerDatabase): AsyncGenerator<z.output<typeof correctedRow>> {
  if ((await readSettled(database)).records === 0) return;
  const query = `SELECT jsonb_build_array(kind, id, ${isoTime(`applied_at AT TIME ZONE 'UTC'`)}, difference)::text
    FROM gateway.spend_corrections c WHERE EXISTS (SELECT FROM gateway.spend_settled s WHERE s.run = c.run)`;
  for await (const raw of database.rows(query)) yield correctedRow.parse(raw);
}
