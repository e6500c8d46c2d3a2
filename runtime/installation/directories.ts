import { join, resolve } from 'node:path';

const REPOSITORY = join(__dirname, '../..');

/** What is installed once and used by every start: `GATEWAY_CACHE_DIR`, or `.cache` of this repository. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.GATEWAY_CACHE_DIR || join(REPOSITORY, '.cache'));
}
