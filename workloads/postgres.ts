import { PORTS } from '../settings/ports';
import type { Settings } from '../settings/schema';
import { imageOf } from './images';
import { EnvValue } from './value';
import type { Workload } from './workload';

export const DATABASE_NAME = 'litellm';
export const DATABASE_ROLE = 'litellm';

/** PostgreSQL for LiteLLM: the only ledger of keys, budgets and spend. */
export const postgres = (settings: Settings): Workload => ({
  ...database(settings, DATABASE_NAME, DATABASE_ROLE),
  name: 'postgres',
  environment: credentials(DATABASE_NAME, DATABASE_ROLE, EnvValue.variable('postgres_password')),
  persistent: [{ name: 'postgres-data', path: DATA, sizeGb: DATABASE_SIZE_GB }],
});

/** PostgreSQL for the optional Coder server, apart from LiteLLM's. */
export const coderPostgres = (settings: Settings): Workload => ({
  ...database(settings, 'coder', 'coder'),
  name: 'coder-postgres',
  environment: credentials('coder', 'coder', CODER_DATABASE_PASSWORD),
  persistent: [{ name: 'coder-postgres-data', path: DATA, sizeGb: DATABASE_SIZE_GB }],
});

/** Not a secret of its own, so that a Coder server can be added without a new line in `secrets.tfvars`. */
export const CODER_DATABASE_PASSWORD = EnvValue.derived('postgres_password', 'coder database');

/** The ledger grows by some three kilobytes a request (`bench/spend-ledger.ts`), until its retention ends. */
const DATABASE_SIZE_GB = 20;

const DATA = '/var/lib/postgresql/data';

const credentials = (database: string, role: string, password: EnvValue) => ({
  POSTGRES_DB: EnvValue.literal(database),
  POSTGRES_USER: EnvValue.literal(role),
  POSTGRES_PASSWORD: password,
  // A folder of its own: a mounted volume's top directory may hold lost+found.
  PGDATA: EnvValue.literal(`${DATA}/pgdata`),
});

const database = (settings: Settings, name: string, role: string) =>
  ({
    image: { kind: 'reference', reference: imageOf('postgres', settings) },
    connects: [],
    ports: [{ name: 'postgres', port: PORTS.postgres }],
    published: [],
    health: {
      // Over TCP: while the image sets the database up, it answers on its socket already. And by the names of the database,
      // or PostgreSQL would log each check as an attempt of an unknown role.
      command: ['pg_isready', '--quiet', '--host', '127.0.0.1', '--dbname', name, '--username', role],
      intervalSeconds: 5,
      timeoutSeconds: 5,
      retries: 5,
      startPeriodSeconds: 60,
    },
    memoryMb: settings.postgres.memory_mb,
    user: { uid: 999, gid: 999 },
    scratch: [
      { path: '/tmp', megabytes: 64 },
      { path: '/var/run/postgresql', megabytes: 1 },
    ],
    // Parallel queries work in shared memory; Docker's 64 MB run out.
    sharedMemoryMb: Math.floor(settings.postgres.memory_mb / 4),
    dependsOn: [],
    stopGraceSeconds: 60,
  }) satisfies Partial<Workload>;
