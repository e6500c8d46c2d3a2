import { z } from 'zod';
import { isoTime, type LedgerDatabase, LedgerError, text } from './database';

/** One request as LiteLLM has booked it. */
export interface LedgerRow {
  /** Hash of the key; empty for none. */
  readonly key: string;
  /** LiteLLM's user, who is a person of Coder; empty for none. */
  readonly user: string;
  /** Empty for none. */
  readonly team: string;
  /** When the request came, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** What was booked, in USD. */
  readonly spend: number;
  /** The provider's model with LiteLLM's prefix: `anthropic/claude-sonnet-5-5`. */
  readonly model: string;
  /** The deployment that answered, `<name>/<order>`; empty where none did. */
  readonly deployment: string;
  /** The name that was asked for; empty where no such name is served. */
  readonly name: string;
  readonly provider: string;
  readonly status: string;
  /** Answered from LiteLLM's own cache of answers, so by no provider. */
  readonly cached: boolean;
  /** The usage as LiteLLM keeps it of the provider's; null where it has none. */
  readonly usage: unknown;
}

/** Which rows; both ends are ISO times in UTC. */
export interface LedgerRange {
  /** The first moment. @default - from the first row on */
  readonly from?: string;
  /** The first moment after it. @default - to the last row */
  readonly to?: string;
}

/** How far the ledger reaches; undefined times where it is empty. */
export interface LedgerExtent {
  readonly begins?: string;
  readonly ends?: string;
}

const row = z.tuple([
  ...[z.string(), z.string(), z.string(), z.string()],
  z.number(),
  ...[z.string(), z.string(), z.string(), z.string(), z.string(), z.string()],
  z.unknown(),
] as const);

/**
 * Requests of LiteLLM's ledger as a stream, in no particular order: a million of them need no more memory than a thousand.
 *
 * @throws LedgerError where the database does not answer, or its table is not that of LiteLLM
 */
export async function* ledgerRows(database: LedgerDatabase, range: LedgerRange = {}): AsyncGenerator<LedgerRow> {
  const query = `SELECT jsonb_build_array(
    api_key, coalesce("user", ''), coalesce(team_id, ''), ${isoTime('"startTime"')},
    spend, model, coalesce(model_id, ''), coalesce(model_group, ''), coalesce(custom_llm_provider, ''),
    coalesce(status, ''), coalesce(cache_hit, ''), metadata->'usage_object')::text
    FROM "LiteLLM_SpendLogs" ${condition(range)}`;
  for await (const raw of database.rows(query)) {
    const parsed = row.safeParse(raw);
    if (!parsed.success) throw new LedgerError(`a row of LiteLLM's spend logs cannot be read: ${parsed.error.message}`);
    const [key, user, team, startedAt, spend, model, deployment, name, provider, status, cacheHit, usage] = parsed.data;
    const cached = cacheHit === 'True';
    yield { key, user, team, startedAt, spend, model, deployment, name, provider, status, cached, usage };
  }
}

/** @throws LedgerError as {@link ledgerRows} */
export async function ledgerExtent(database: LedgerDatabase): Promise<LedgerExtent> {
  const [found] = await database.run(
    `SELECT jsonb_build_array(${isoTime('min("startTime")')}, ${isoTime('max("startTime")')})::text FROM "LiteLLM_SpendLogs";`,
  );
  const [begins, ends] = z.tuple([z.string().nullable(), z.string().nullable()]).parse(found);
  return { ...(begins ? { begins } : {}), ...(ends ? { ends } : {}) };
}

/** That a row is of a range, as conditions of SQL; none for the whole ledger. */
export const rangeConditions = ({ from, to }: LedgerRange): string[] => [
  ...(from ? [`"startTime" >= ${text(from)}::timestamp`] : []),
  ...(to ? [`"startTime" < ${text(to)}::timestamp`] : []),
];

function condition(range: LedgerRange): string {
  const parts = rangeConditions(range);
  return parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '';
}
