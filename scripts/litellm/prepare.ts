/** Installs the pinned LiteLLM, generates its database client and makes an empty database with its migrations; prints where. */

import { plainErrors } from '../../plain-errors';
import { prepareDatabaseTemplate } from '../../runtime/installation/database-template';
import { cacheDirectory } from '../../runtime/installation/directories';
import { preparePythonEnvironment } from '../../runtime/installation/python-environment';
import { Problem } from '../../runtime/problem';
import { LITELLM_VERSION } from '../../runtime/versions';
import type { Release } from './there-and-back';

plainErrors('prepare');
void main();

async function main(): Promise<void> {
  const work = { report: (text: string) => process.stderr.write(`  ${text}\n`) };
  try {
    const { venv, migrationsDirectory } = await preparePythonEnvironment(cacheDirectory(), work);
    await prepareDatabaseTemplate(cacheDirectory(), migrationsDirectory, work);
    console.log(JSON.stringify({ version: LITELLM_VERSION, venv, migrationsDirectory } satisfies Release));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
