import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { catalog } from '../../catalog/catalog';
import { run } from '../../runtime/processes/run';
import type { Release } from './there-and-back';

const FILTER = join(__dirname, '../../images/litellm');

/** What of a release of LiteLLM this repository relies on, or is reached by. */
export interface Inventory {
  /** Every route of its application: `POST /v1/messages`. */
  readonly routes: readonly string[];
  /** Routes that it lets ordinary keys call. */
  readonly key_routes: readonly string[];
  /** Keys of its configuration file, with the part they stand in: `router_settings.timeout`. */
  readonly settings: readonly string[];
  /** What the request filter imports or replaces, with a hash of a function's source; null where it is gone. */
  readonly filter: Readonly<Record<string, string | null>>;
  /** Entries of its own price map for the catalog's models; null where it has none. */
  readonly prices: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  /** Names by which it takes or reads a parameter of a request. */
  readonly names: readonly string[];
  readonly migrations: readonly string[];
}

/** Reads the installed release: a minute of a processor. */
export async function inventoryOf({ version, venv, migrationsDirectory }: Release, cache: string): Promise<Inventory> {
  const python = join(venv, 'bin/python');
  const models = catalog.flatMap(({ deployments }) => deployments.map(({ model }) => model));
  const program = [join(__dirname, 'inventory.py'), FILTER, ...new Set(models)];
  const found = JSON.parse(await run(python, program, { env: LOCAL })) as Omit<Inventory, 'names' | 'migrations'>;
  const migrations = readdirSync(migrationsDirectory).filter((name) => /^\d/.test(name));
  return { ...found, names: await litellmNames(version, python, cache), migrations: migrations.sort() };
}

const LOCAL = { LITELLM_LOCAL_MODEL_COST_MAP: 'True' };

/** The names alone. Reading all of LiteLLM's source takes half a minute, so it is done once per version and program. */
export async function litellmNames(version: string, python: string, cache: string): Promise<string[]> {
  const program = join(__dirname, 'names.py');
  const inputs = createHash('sha256').update(version).update(readFileSync(program)).digest('hex').slice(0, 16);
  const file = join(cache, `litellm-names-${inputs}.json`);
  if (!existsSync(file)) writeFileAtomic.sync(file, await run(python, [program], { env: LOCAL }));
  return JSON.parse(readFileSync(file, 'utf8')) as string[];
}
