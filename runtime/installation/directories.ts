import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const REPOSITORY = join(__dirname, '../..');

/**
 * What is installed once and used by every start: `GATEWAY_CACHE_DIR`, or `coder-ai-gateway` below the user's cache directory
 * (`XDG_CACHE_HOME`, or `~/.cache`), where every checkout finds it.
 */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.GATEWAY_CACHE_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'coder-ai-gateway'));
}

/** Where demos are registered: `GATEWAY_CACHE_DIR`, or `.cache` of this repository, so that a checkout stops only its own. */
export function registryDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.GATEWAY_CACHE_DIR || join(REPOSITORY, '.cache'));
}
