import { isDeepStrictEqual } from 'node:util';
import { workspaceToken } from '../../images/key-provisioner/src/identity/workspace-token';
import { migrate } from '../../runtime/installation/migrations';
import type { Postgres } from '../../runtime/services/postgres';
import { type Books, readBooks, spentIn } from './books';
import { type Deployment, withDeployment } from './deployment';
import { EXPECTED, fill, spendWritten, WORKSPACE } from './fill';
import { type RecordedDatabase, rowsOf } from './recorded-database';
import { completion, must } from './requests';

/** An installed release of LiteLLM. */
export interface Release {
  readonly version: string;
  readonly venv: string;
  readonly migrationsDirectory: string;
}

/** What was seen when a database went from one release to the next and back. */
export interface ThereAndBack {
  /** The database as the older release left it. */
  readonly recorded: RecordedDatabase;
  /** One sentence per finding; those that begin with `LOST` are losses. */
  readonly findings: readonly string[];
}

/**
 * Fills a database with the older release, lets the newer one take it over, and goes back: without a restore, and to a copy
 * made before the upgrade. Each time every key is used.
 *
 * @param directory - for configurations and logs
 */
export async function thereAndBack(
  older: Release,
  newer: Release,
  postgres: Postgres,
  directory: string,
): Promise<ThereAndBack> {
  const findings: string[] = [];
  const live = await postgres.createDatabase('live');
  await migrate(live, older.migrationsDirectory);
  const { keys, secrets } = await withDeployment(
    { venv: older.venv, databaseUrl: live, directory },
    async (deployment) => ({ keys: await fill(deployment, live), secrets: deployment.secrets }),
  );
  const recorded: RecordedDatabase = {
    litellm: older.version,
    secrets: {
      key_derivation_secret: secrets.key_derivation_secret,
      workspace_identity_secret: secrets.workspace_identity_secret,
    },
    keys,
    rows: await rowsOf(live),
  };
  const before = await readBooks(live);
  await postgres.createDatabase('backup', 'live');

  const look = async (what: string, { venv, version }: Release, databaseUrl: string, then: Books) => {
    const found = await withDeployment({ venv, databaseUrl, directory, secrets }, async (deployment) => [
      ...differences(then, await readBooks(databaseUrl)),
      ...(await keysThatDiffer(deployment, keys)),
      ...(await notCounted(databaseUrl, then)),
    ]);
    findings.push(
      ...(found.length === 0 ? [`${what} (LiteLLM ${version}): every key, limit and dollar is there`] : []),
      ...found.map((text) => `LOST ${what} (LiteLLM ${version}): ${text}`),
    );
  };
  const applied = await migrate(live, newer.migrationsDirectory);
  findings.push(`the newer release applies ${applied.length} migrations to a live database`);
  await look('after the upgrade', newer, live, before);
  const later = await readBooks(live);
  await look('back without a restore', older, live, later);
  await look('back with the backup restored', older, postgres.url('backup'), before);
  const { byLogs } = spentIn(later);
  findings.push(
    `what was spent after the backup is in no restored backup: here ${(byLogs - spentIn(before).byLogs).toFixed(6)} dollars`,
  );
  return { recorded, findings };
}

/** What one state has and another has not, in words. */
export function differences(before: Books, after: Books): string[] {
  return (Object.keys(before) as (keyof Books)[]).flatMap((part) =>
    before[part].flatMap((row, index) => {
      const now = after[part][index];
      return isDeepStrictEqual(row, now) ? [] : [`${part}: ${JSON.stringify(row)} is now ${JSON.stringify(now)}`];
    }),
  );
}

/** Whether the requests of the keys that work are counted, on the keys and in the spend logs. */
function notCounted(databaseUrl: string, before: Books): Promise<string[]> {
  const answered = Object.values(EXPECTED).filter((status) => status === 200).length;
  return spendWritten(databaseUrl, answered, before).then(
    () => [],
    (error: Error) => [error.message],
  );
}

/** Keys that are not answered as they were, and a workspace that is not given its key again. */
async function keysThatDiffer(
  { url, provisionerUrl, secrets }: Deployment,
  keys: Readonly<Record<string, string>>,
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, key] of Object.entries(keys)) {
    const status = await completion(url, key);
    if (status !== EXPECTED[name]) found.push(`the key "${name}" is answered ${status}, not ${EXPECTED[name]}`);
  }
  const token = workspaceToken(secrets.workspace_identity_secret, WORKSPACE);
  const { key } = await must('POST', `${provisionerUrl}/api/v1/keys/workspace`, token, WORKSPACE);
  return key === keys['workspace'] ? found : [...found, 'a workspace is given another key at its next start'];
}
