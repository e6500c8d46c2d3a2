import { PORTS } from '../settings/ports';
import type { Settings } from '../settings/schema';
import { imageOf } from './images';
import { CODER_DATABASE_PASSWORD } from './postgres';
import { EnvValue } from './value';
import type { Workload } from './workload';

/** The optional Coder server, with every AI feature of its own switched off: AI in workspaces goes through the gateway. */
export const coder = (settings: Settings): Workload => ({
  name: 'coder',
  image: { kind: 'reference', reference: imageOf('coder', settings) },
  environment: {
    ...AI_FEATURES_OFF,
    CODER_HTTP_ADDRESS: EnvValue.literal(`0.0.0.0:${PORTS.coder}`),
    CODER_ACCESS_URL: EnvValue.literal(settings.coder.url ?? `http://coder:${PORTS.coder}`),
    CODER_PG_CONNECTION_URL: EnvValue.join(
      'postgresql://coder:',
      CODER_DATABASE_PASSWORD,
      '@',
      EnvValue.reference('coder-postgres', PORTS.postgres),
      '/coder?sslmode=disable',
    ),
    CODER_TELEMETRY_ENABLE: EnvValue.literal('false'),
    CODER_UPDATE_CHECK: EnvValue.literal('false'),
    CODER_OAUTH2_GITHUB_DEFAULT_PROVIDER_ENABLE: EnvValue.literal('false'),
    CODER_CACHE_DIRECTORY: EnvValue.literal('/home/coder/.cache/coder'),
  },
  // Terraform modules and the agents of templates come from outside.
  connects: [{ to: 'coder-postgres', port: PORTS.postgres }, { to: 'internet' }],
  ports: [{ name: 'http', port: PORTS.coder }],
  published: [{ port: PORTS.coder, hostPort: settings.coder.port, bind: settings.coder.bind }],
  health: {
    command: ['curl', '--fail', '--silent', '--output', '/dev/null', `http://127.0.0.1:${PORTS.coder}/healthz`],
    intervalSeconds: 10,
    timeoutSeconds: 5,
    retries: 5,
    startPeriodSeconds: 120,
  },
  memoryMb: 2048,
  user: { uid: 1000, gid: 1000 },
  // Terraform and its providers run from here when Coder builds a workspace.
  scratch: [{ path: '/tmp', megabytes: 512 }],
  persistent: [{ name: 'coder-home', path: '/home/coder', sizeGb: 10 }],
  dependsOn: ['coder-postgres'],
  stopGraceSeconds: 60,
  managesWorkspaces: true,
});

/** Older and newer releases of Coder know these under different names; each ignores what it does not know. */
const AI_FEATURES_OFF: Readonly<Record<string, EnvValue>> = {
  CODER_AIBRIDGE_ENABLED: EnvValue.literal('false'),
  CODER_AI_GATEWAY_ENABLED: EnvValue.literal('false'),
  CODER_HIDE_AI_TASKS: EnvValue.literal('true'),
};
