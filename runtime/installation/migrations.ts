import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { quietly, type Work } from './work';

const CREATE_LEDGER = `
  CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                  VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum"            VARCHAR(64) NOT NULL,
    "finished_at"         TIMESTAMPTZ,
    "migration_name"      VARCHAR(255) NOT NULL,
    "logs"                TEXT,
    "rolled_back_at"      TIMESTAMPTZ,
    "started_at"          TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
  )`;
const RECORD = `
  INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
  VALUES ($1, $2, $3, $4, now(), 1)`;

/**
 * Applies LiteLLM's SQL migrations and records them the way `prisma migrate deploy` does.
 *
 * @param wanted - leaves out migrations, to make the tables of an older release; default: all
 * @returns the names of those it applied
 */
export async function migrate(
  databaseUrl: string,
  directory: string,
  work: Work = quietly,
  wanted: (name: string) => boolean = () => true,
): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(CREATE_LEDGER);
    const { rows } = await client.query<{ migration_name: string }>('SELECT migration_name FROM "_prisma_migrations"');
    const recorded = new Set(rows.map((row) => row.migration_name));
    const pending = migrationNames(directory).filter((name) => !recorded.has(name) && wanted(name));
    for (const [index, name] of pending.entries()) {
      work.signal?.throwIfAborted();
      work.report(`migration ${index + 1} of ${pending.length}`);
      await apply(client, name, join(directory, name, 'migration.sql'));
    }
    return pending;
  } finally {
    await client.end();
  }
}

/** Migrations are directories whose names sort by date. */
function migrationNames(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => existsSync(join(directory, name, 'migration.sql')))
    .sort();
}

async function apply(client: pg.Client, name: string, file: string): Promise<void> {
  const sql = readFileSync(file, 'utf8');
  const checksum = createHash('sha256').update(sql).digest('hex');
  const startedAt = new Date();
  try {
    await client.query(sql);
  } catch (cause) {
    throw new Error(`migration ${name} failed: ${(cause as Error).message}`, { cause });
  }
  await client.query(RECORD, [randomUUID(), checksum, name, startedAt]);
}
