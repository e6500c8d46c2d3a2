import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOnAnyPort } from '../processes/port-taken';
import { run } from '../processes/run';
import { Postgres, type PostgresOptions } from '../services/postgres';
import { LITELLM_VERSION } from '../versions';
import { exclusively } from './exclusively';
import { migrate } from './migrations';
import type { Work } from './work';

/** The database that others are copied from: LiteLLM's tables, no rows. */
export const TEMPLATE_DATABASE = 'litellm_template';

/** A stopped cluster that holds LiteLLM's tables. Every start works on a copy of it. */
export interface DatabaseTemplate {
  readonly cluster: string;
  /** Of the superuser. Made here, stored nowhere else. */
  readonly password: string;
}

/** Makes the template once per set of versions, below `cache`. */
export async function prepareDatabaseTemplate(
  cache: string,
  migrationsDirectory: string,
  work: Work,
): Promise<DatabaseTemplate> {
  const home = join(cache, `postgres-${LITELLM_VERSION}`);
  if (!existsSync(home)) {
    await exclusively(cache, work, async () => {
      if (!existsSync(home)) await build(home, migrationsDirectory, work);
    });
  }
  return { cluster: join(home, 'cluster'), password: readFileSync(join(home, 'password'), 'utf8') };
}

/** Copies the cluster, its owner included. */
export async function copyCluster(template: DatabaseTemplate, to: string, signal?: AbortSignal): Promise<void> {
  await run('cp', ['-a', template.cluster, to], { signal });
}

async function build(home: string, migrationsDirectory: string, { report, signal }: Work): Promise<void> {
  // Not in the cache at once: when root starts PostgreSQL as another user, that one may not be able to enter it.
  const workDirectory = mkdtempSync(join(tmpdir(), 'gateway-template-'));
  chmodSync(workDirectory, 0o755);
  const unfinished = `${home}.unfinished`;
  const password = randomBytes(24).toString('base64url');
  const dataDirectory = join(workDirectory, 'cluster');
  try {
    const logFile = join(workDirectory, 'postgres.log');
    report('making an empty database');
    const postgres = await startedCluster({ dataDirectory, logFile, password, scratch: workDirectory }, signal);
    try {
      const url = await postgres.createDatabase(TEMPLATE_DATABASE);
      await migrate(url, migrationsDirectory, { report, signal });
    } finally {
      await postgres.stop();
    }
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    await run('cp', ['-a', dataDirectory, join(unfinished, 'cluster')], { signal });
    writeFileSync(join(unfinished, 'password'), password, { mode: 0o600 });
    renameSync(unfinished, home);
  } finally {
    rmSync(workDirectory, { recursive: true, force: true });
  }
}

/** An empty cluster, served on any free port. */
export async function startedCluster(options: Omit<PostgresOptions, 'port'>, signal?: AbortSignal): Promise<Postgres> {
  let postgres = await Postgres.open({ ...options, port: 0 });
  await postgres.initialise(signal);
  await startOnAnyPort(async (port) => {
    postgres = await Postgres.open({ ...options, port });
    await postgres.start(signal);
  });
  return postgres;
}
