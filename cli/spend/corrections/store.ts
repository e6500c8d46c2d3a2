import { z } from 'zod';
import { type GroupKey, groupId } from '../audit/tally';
import type { AccountKind } from '../ledger/accounts';
import { json, type LedgerDatabase, LedgerError, text } from '../ledger/database';

/**
 * Where corrections are recorded: two tables in a schema of their own in LiteLLM's database. They are written in the transaction
 * that changes the counters, are part of every backup of the keys, and LiteLLM's migrations, which work on `public`, do not touch them.
 */
const SCHEMA = `
  CREATE SCHEMA IF NOT EXISTS gateway;
  CREATE TABLE IF NOT EXISTS gateway.spend_corrections (
    run uuid NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), applied_by text NOT NULL,
    kind text NOT NULL, id text NOT NULL, name text NOT NULL,
    before double precision NOT NULL, difference double precision NOT NULL, after double precision NOT NULL,
    PRIMARY KEY (run, kind, id));
  CREATE TABLE IF NOT EXISTS gateway.spend_settled (
    run uuid NOT NULL, day date NOT NULL, key text NOT NULL, "user" text NOT NULL, team text NOT NULL,
    name text NOT NULL, deployment text NOT NULL, requests integer NOT NULL,
    counted double precision NOT NULL, expected double precision NOT NULL, difference double precision NOT NULL,
    PRIMARY KEY (run, day, key, "user", team, name, deployment));`;

/** What earlier corrections have settled of a group. */
export interface Settled {
  /** Requests that the group had when it was last settled. */
  readonly requests: number;
  /** Sum of all differences that were settled, USD. */
  readonly difference: number;
}

/** All settled groups, by {@link groupId}, and how many records there are. */
export interface SettledGroups {
  readonly records: number;
  readonly groups: ReadonlyMap<string, Settled>;
}

/** A change of one counter. */
export interface Change {
  readonly kind: AccountKind;
  readonly id: string;
  readonly name: string;
  /** USD; below zero where too much was counted. */
  readonly difference: number;
}

/** A group whose difference is settled by a run. */
export interface SettledGroup extends GroupKey {
  readonly requests: number;
  readonly counted: number;
  readonly expected: number;
  readonly difference: number;
}

/** One changed counter, as it is recorded. */
export interface Correction extends Change {
  readonly run: string;
  readonly appliedAt: string;
  readonly appliedBy: string;
  readonly before: number;
  readonly after: number;
}

const settledRow = z.tuple([
  ...[z.string(), z.string(), z.string(), z.string(), z.string(), z.string()],
  ...[z.number(), z.number(), z.number()],
] as const);

/** @throws LedgerError where the database does not answer */
export async function readSettled(database: LedgerDatabase): Promise<SettledGroups> {
  const groups = new Map<string, Settled>();
  let records = 0;
  if (!(await correctionsExist(database))) return { records, groups };
  const query = `SELECT jsonb_build_array(day, key, "user", team, name, deployment, max(requests), sum(difference), count(*))::text
    FROM gateway.spend_settled GROUP BY day, key, "user", team, name, deployment`;
  for await (const raw of database.rows(query)) {
    const [day, key, user, team, name, deployment, requests, difference, count] = settledRow.parse(raw);
    groups.set(groupId({ day, key, user, team, name, deployment }), { requests, difference });
    records += count;
  }
  return { records, groups };
}

const correctionRow = z.object({
  run: z.string(),
  applied_at: z.string(),
  applied_by: z.string(),
  kind: z.enum(['key', 'user', 'team']),
  id: z.string(),
  name: z.string(),
  before: z.number(),
  difference: z.number(),
  after: z.number(),
});

/** Every correction, the newest first. @throws LedgerError where the database does not answer */
export async function readCorrections(database: LedgerDatabase): Promise<Correction[]> {
  const corrections: Correction[] = [];
  if (!(await correctionsExist(database))) return corrections;
  const query = 'SELECT to_jsonb(c)::text FROM gateway.spend_corrections c ORDER BY applied_at DESC, kind, name';
  for await (const raw of database.rows(query)) corrections.push(correction(raw));
  return corrections;
}

export interface ApplyProps {
  /** A new uuid. */
  readonly run: string;
  readonly appliedBy: string;
  readonly changes: readonly Change[];
  readonly settled: readonly SettledGroup[];
  /** Records that there were when the changes were computed. */
  readonly records: number;
}

/**
 * Changes counters by differences and records it, in one transaction: all of it or nothing. LiteLLM goes on counting meanwhile,
 * since it adds to the same counters too.
 *
 * @throws LedgerError where somebody has recorded a correction since `records` was read; nothing is changed then
 */
export async function applyCorrections(database: LedgerDatabase, props: ApplyProps): Promise<Correction[]> {
  const { run, appliedBy, changes, settled, records } = props;
  try {
    const rows = await database.run(`BEGIN;
      SET LOCAL lock_timeout = '20s';
      SET LOCAL client_min_messages = error;
      DO $$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('gateway.spend_corrections')); END $$;
      ${SCHEMA}
      DO $$ BEGIN
        IF (SELECT count(*) FROM gateway.spend_settled) <> ${records} THEN
          RAISE EXCEPTION 'another correction was recorded meanwhile' USING ERRCODE = 'GW001';
        END IF;
      END $$;
      INSERT INTO gateway.spend_settled SELECT ${text(run)}::uuid, s.* FROM jsonb_to_recordset(${json(settled)})
        AS s(day date, key text, "user" text, team text, name text, deployment text, requests integer,
             counted double precision, expected double precision, difference double precision);
      CREATE TEMPORARY TABLE change ON COMMIT DROP AS SELECT * FROM jsonb_to_recordset(${json(changes)})
        AS c(kind text, id text, name text, difference double precision);
      ${TABLES.map(changeOf(run, appliedBy)).join('\n')}
      COMMIT;
      SELECT to_jsonb(c)::text FROM gateway.spend_corrections c WHERE run = ${text(run)}::uuid ORDER BY kind, name;`);
    return rows.map(correction);
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'GW001') throw error;
    throw new LedgerError('another correction was recorded while this one was computed; nothing was changed', 'GW001');
  }
}

/** In the order in which LiteLLM locks them, so that neither waits for the other for good. */
const TABLES = [
  { kind: 'user', table: 'LiteLLM_UserTable', id: 'user_id', also: '' },
  {
    kind: 'key',
    table: 'LiteLLM_VerificationToken',
    id: 'token',
    also: ', total_spend = t.total_spend + c.difference',
  },
  { kind: 'team', table: 'LiteLLM_TeamTable', id: 'team_id', also: '' },
] as const;

const changeOf =
  (run: string, appliedBy: string) =>
  ({ kind, table, id, also }: (typeof TABLES)[number]): string =>
    `
    WITH locked AS MATERIALIZED (
      SELECT t.${id} AS id, t.spend AS before FROM "${table}" t
      WHERE t.${id} IN (SELECT c.id FROM change c WHERE c.kind = '${kind}') ORDER BY t.${id} FOR UPDATE
    ), changed AS (
      UPDATE "${table}" t SET spend = greatest(0, t.spend + c.difference)${also}
      FROM change c JOIN locked l ON l.id = c.id WHERE c.kind = '${kind}' AND t.${id} = l.id
      RETURNING t.${id} AS id, c.name, l.before, t.spend AS after
    )
    INSERT INTO gateway.spend_corrections (run, applied_by, kind, id, name, before, difference, after)
      SELECT ${text(run)}::uuid, ${text(appliedBy)}, '${kind}', id, name, before, after - before, after FROM changed;`;

/** Whether anything was ever corrected. @throws LedgerError where the database does not answer */
export async function correctionsExist(database: LedgerDatabase): Promise<boolean> {
  const [found] = await database.run(`SELECT (to_regclass('gateway.spend_settled') IS NOT NULL)::text;`);
  return found === true;
}

function correction(raw: unknown): Correction {
  const { applied_at: appliedAt, applied_by: appliedBy, ...rest } = correctionRow.parse(raw);
  return { ...rest, appliedAt, appliedBy };
}
