import type { Settings } from '../settings/schema';
import { imageOf } from './images';
import { CODER_PORT } from './key-provisioner';
import { CODER_DATABASE_PASSWORD, DATABASE_PORT } from './postgres';
import { EnvValue } from './value';
import type { Workload } from './workload';

/** The optional Coder server, with every AI feature of its own switched off: AI in workspaces goes through the gateway. */
export const coder = (settings: Settings): Workload => ({
  name: 'coder',
  image: { kind: 'reference', reference: imageOf('coder', settings) },
  environment: {
    ...AI_FEATURES_OFF,
    CODER_HTTP_ADDRESS: EnvValue.literal(`0.0.0.0:${CODER_PORT}`),
    CODER_ACCESS_URL: EnvValue.literal(settings.coder.url ?? `http://coder:${CODER_PORT}`),
    CODER_PG_CONNECTION_URL: EnvValue.join(
      'postgresql://coder:',
      CODER_DATABASE_PASSWORD,
      '@',
      EnvValue.reference('coder-postgres', DATABASE_PORT),
      '/coder?sslmode=disable',
    ),
    CODER_TELEMETRY_ENABLE: EnvValue.literal('false'),
    CODER_UPDATE_CHECK: EnvValue.literal('false'),
    CODER_OAUTH2_GITHUB_DEFAULT_PROVIDER_ENABLE: EnvValue.literal('false'),
    CODER_CACHE_DIRECTORY: EnvValue.literal('/home/coder/.cache/coder'),
  },
  networks: ['edge', 'uplink', 'coder-database'],
  ports: [{ internal: CODER_PORT, external: settings.coder.port, bind: settings.coder.bind }],
  health: {
    command: ['curl', '--fail', '--silent', '--output', '/dev/null', `http://127.0.0.1:${CODER_PORT}/healthz`],
    interval: 10,
    timeout: 5,
    retries: 5,
    startPeriod: 120,
  },
  memoryMb: 2048,
  user: '1000:1000',
  // Terraform and its providers run from here when Coder builds a workspace.
  scratch: [{ path: '/tmp', megabytes: 512 }],
  kept: [{ name: 'coder-home', path: '/home/coder' }],
  after: ['coder-postgres'],
  stopGrace: 60,
  managesContainers: true,
});

/** Older and newer releases of Coder know these under different names; each ignores what it does not know. */
const AI_FEATURES_OFF: Readonly<Record<string, EnvValue>> = {
  CODER_AIBRIDGE_ENABLED: EnvValue.literal('false'),
  CODER_AI_GATEWAY_ENABLED: EnvValue.literal('false'),
  CODER_HIDE_AI_TASKS: EnvValue.literal('true'),
};
