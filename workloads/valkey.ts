import { PORTS } from '../settings/ports';
import type { Settings } from '../settings/schema';
import { imageOf } from './images';
import { EnvValue } from './value';
import type { Workload } from './workload';

/** Not a secret of its own, so that replicas can be added without a new line in `secrets.tfvars`. */
export const VALKEY_PASSWORD = EnvValue.derived('postgres_password', 'valkey');

/** Megabytes of counters, the least used of which go first; some 300 bytes per key, person and minute. */
const COUNTERS_MB = 128;

/**
 * Valkey, for several LiteLLM: the counters that budgets and limits of a minute are checked against. Nothing is stored: after a
 * restart LiteLLM reads what was spent from its database again, and a minute begins anew.
 */
export const valkey = (settings: Settings): Workload => ({
  name: 'valkey',
  image: { kind: 'reference', reference: imageOf('valkey', settings) },
  // As its standard input: an argument would show the password to everybody who lists processes.
  entrypoint: [
    EnvValue.literal('sh'),
    EnvValue.literal('-c'),
    EnvValue.literal(`exec valkey-server - <<END\n${CONFIGURATION}\nEND`),
  ],
  environment: { VALKEY_PASSWORD },
  connects: [],
  ports: [{ name: 'redis', port: PORTS.valkey }],
  published: [],
  health: {
    command: ['sh', '-c', 'REDISCLI_AUTH="$VALKEY_PASSWORD" valkey-cli ping | grep -q PONG'],
    intervalSeconds: 5,
    timeoutSeconds: 5,
    retries: 5,
    startPeriodSeconds: 15,
  },
  memoryMb: 2 * COUNTERS_MB,
  user: { uid: 999, gid: 999 },
  scratch: [{ path: '/data', megabytes: 1 }],
  persistent: [],
  dependsOn: [],
  stopGraceSeconds: 10,
});

const CONFIGURATION = [
  `port ${PORTS.valkey}`,
  'protected-mode no',
  'requirepass $VALKEY_PASSWORD',
  'save ""',
  'appendonly no',
  `maxmemory ${COUNTERS_MB}mb`,
  'maxmemory-policy allkeys-lru',
].join('\n');
