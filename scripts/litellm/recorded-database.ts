import { readFileSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { migrate } from '../../runtime/installation/migrations';

/** A database as a release of LiteLLM left it: its rows, and what is needed to use the keys in it. */
export interface RecordedDatabase {
  /** The release that made and filled it, such as `1.2.3`. */
  readonly litellm: string;
  /** Secrets of the key-provisioner that issued its keys. Made for this database, used nowhere else. */
  readonly secrets: Readonly<Record<'key_derivation_secret' | 'workspace_identity_secret', string>>;
  /** Keys by their names, in clear text; the database holds hashes. */
  readonly keys: Readonly<Record<string, string>>;
  /** Rows by table; tables without rows are left out. */
  readonly rows: Readonly<Record<string, readonly Record<string, unknown>[]>>;
}

const TABLES = `SELECT table_name FROM information_schema.tables
  WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name`;
const MIGRATIONS = '_prisma_migrations';

/** Reads all rows of a database. */
export async function rowsOf(databaseUrl: string): Promise<RecordedDatabase['rows']> {
  return connected(databaseUrl, async (client) => {
    const { rows: tables } = await client.query<{ table_name: string }>(TABLES);
    const found: Record<string, Record<string, unknown>[]> = {};
    for (const { table_name: table } of tables) {
      const sql = `SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY to_jsonb(t)::text), '[]') AS rows FROM "${table}" t`;
      const [result] = (await client.query<{ rows: Record<string, unknown>[] }>(sql)).rows;
      if (result && result.rows.length > 0) found[table] = result.rows;
    }
    return found;
  });
}

/**
 * Makes an empty database into the recorded one: the tables by those of a newer release's migrations that the recorded one
 * had applied, then the rows, the migrations' own ledger included.
 *
 * @throws Error where the newer release lacks one of these migrations
 */
export async function loadDatabase(databaseUrl: string, recorded: RecordedDatabase, migrations: string): Promise<void> {
  const applied = (recorded.rows[MIGRATIONS] ?? []).map((row) => String(row['migration_name']));
  const done = await migrate(databaseUrl, migrations, undefined, (name) => applied.includes(name));
  const missing = applied.filter((name) => !done.includes(name));
  if (missing.length > 0) {
    throw new Error(`the database of LiteLLM ${recorded.litellm} has migrations that are no longer there: ${missing}`);
  }
  await connected(databaseUrl, async (client) => {
    await client.query('SET session_replication_role = replica'); // rows come in any order, whatever refers to them
    await client.query(`DELETE FROM "${MIGRATIONS}"`);
    for (const [table, rows] of Object.entries(recorded.rows)) {
      const sql = `INSERT INTO "${table}" SELECT * FROM jsonb_populate_recordset(NULL::"${table}", $1::jsonb)`;
      await client.query(sql, [JSON.stringify(rows)]);
    }
  });
}

/** Writes a recorded database, one row a line. */
export function writeRecorded(file: string, { rows, ...rest }: RecordedDatabase): void {
  const tables = Object.entries(rows).map(([table, found]) => {
    const lines = found.map((row) => JSON.stringify(row)).join(',\n');
    return `${JSON.stringify(table)}: [\n${lines}\n]`;
  });
  writeFileSync(file, `${JSON.stringify(rest).slice(0, -1)}, "rows": {\n${tables.join(',\n')}\n}}\n`);
}

/** Reads what {@link writeRecorded} has written. */
export function readRecorded(file: string): RecordedDatabase {
  return JSON.parse(readFileSync(file, 'utf8')) as RecordedDatabase;
}

/** Something done on one connection. */
export async function connected<T>(databaseUrl: string, action: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await action(client);
  } finally {
    await client.end();
  }
}
