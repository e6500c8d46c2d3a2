/**
 * Tries what an upgrade of LiteLLM does to a live database, and the way back, with both releases; and records the database
 * as the older one left it, for the contract tests:
 *
 *   node --import tsx scripts/litellm/try-database.ts OLDER NEWER [FILE]
 *
 * Both must be installed below the cache directory, as `python-1.2.3`. `make litellm` calls this.
 */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainErrors } from '../../plain-errors';
import { startedCluster } from '../../runtime/installation/database-template';
import { cacheDirectory } from '../../runtime/installation/directories';
import { writeRecorded } from './recorded-database';
import { type Release, thereAndBack } from './there-and-back';

plainErrors('try-database');
const [olderVersion = '', newerVersion = '', file] = process.argv.slice(2);
void main();

async function main(): Promise<void> {
  const [older, newer] = [installed(olderVersion), installed(newerVersion)];
  const directory = mkdtempSync(join(tmpdir(), 'gateway-litellm-'));
  chmodSync(directory, 0o755); // PostgreSQL may run as another user
  const dataDirectory = join(directory, 'cluster');
  const postgres = await startedCluster({
    ...{ dataDirectory, logFile: join(directory, 'postgres.log'), scratch: directory },
    password: 'only-for-this-run',
  });
  try {
    const { recorded, findings } = await thereAndBack(older, newer, postgres, directory);
    for (const finding of findings) console.log(finding);
    if (file) writeRecorded(file, recorded);
    process.exitCode = findings.some((finding) => finding.startsWith('LOST')) ? 1 : 0;
  } finally {
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function installed(version: string): Release {
  const venv = join(cacheDirectory(), `python-${version}`);
  if (!existsSync(join(venv, 'ready'))) {
    console.error(
      `LiteLLM ${version} is not installed in ${venv}; start a checkout that pins it (make demo), with the same GATEWAY_CACHE_DIR`,
    );
    process.exit(2);
  }
  const [python = ''] = readdirSync(join(venv, 'lib'));
  return {
    version,
    venv,
    migrationsDirectory: join(venv, 'lib', python, 'site-packages/litellm_proxy_extras/migrations'),
  };
}
