import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The directory in which a run of `make test` keeps what one of its files has prepared for all. Unset: nothing is kept. */
export const PREPARED = 'GATEWAY_TEST_PREPARED';

/**
 * What `prepare` returned at the first call of this run: looking whether images are there takes seconds of a processor, and each
 * file of the deploy suite asks.
 *
 * @param name - file name, without its end
 */
export function oncePerRun<T>(name: string, prepare: () => T): T {
  const directory = process.env[PREPARED];
  if (!directory) return prepare();
  const file = join(directory, `${name}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T;
  const prepared = prepare();
  mkdirSync(directory, { recursive: true });
  const part = `${file}.${randomUUID()}`;
  writeFileSync(part, JSON.stringify(prepared));
  renameSync(part, file);
  return prepared;
}
