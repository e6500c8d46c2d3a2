import { gatewayConfigurationJson } from '../litellm-config/gateway-json';
import type { Settings } from '../settings/schema';
import { imageOf } from './images';
import { LITELLM_PORT } from './litellm';
import { EnvValue } from './value';
import type { ImageSource, Workload } from './workload';

export const KEY_PROVISIONER_PORT = 8100;
const CONFIGURATION = 'gateway.json';

/** Issues, renews and revokes virtual keys. Its image is built from `images/key-provisioner` unless the settings name one. */
export const keyProvisioner = (settings: Settings): Workload => ({
  name: 'key-provisioner',
  image: image(settings),
  environment: {
    HOST: EnvValue.literal('0.0.0.0'),
    PORT: EnvValue.literal(String(KEY_PROVISIONER_PORT)),
    NODE_ENV: EnvValue.literal('production'),
    LITELLM_URL: EnvValue.join('http://', EnvValue.reference('litellm', LITELLM_PORT)),
    LITELLM_MASTER_KEY: EnvValue.variable('litellm_master_key'),
    ADMIN_TOKEN: EnvValue.variable('provisioner_admin_token'),
    WORKSPACE_IDENTITY_SECRET: EnvValue.variable('workspace_identity_secret'),
    KEY_DERIVATION_SECRET: EnvValue.variable('key_derivation_secret'),
    GATEWAY_CONFIGURATION: EnvValue.path(CONFIGURATION),
    ...coder(settings),
  },
  files: { directory: '/etc/gateway', files: [{ name: CONFIGURATION, content: gatewayConfigurationJson(settings) }] },
  networks: ['gateway', 'edge', 'uplink'],
  ports: [
    { internal: KEY_PROVISIONER_PORT, external: settings.key_provisioner.port, bind: settings.key_provisioner.bind },
  ],
  health: {
    command: [
      'node',
      '-e',
      `fetch("http://127.0.0.1:${KEY_PROVISIONER_PORT}/health").then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`,
    ],
    interval: 10,
    timeout: 5,
    retries: 3,
    startPeriod: 30,
  },
  memoryMb: settings.key_provisioner.memory_mb,
  user: '1000:1000',
  scratch: [{ path: '/tmp', megabytes: 16 }],
  kept: [],
  after: ['litellm'],
  stopGrace: 15,
});

function image(settings: Settings): ImageSource {
  const given = settings.images.key_provisioner;
  if (given) return { kind: 'reference', reference: given };
  return { kind: 'build', folder: 'key-provisioner', baseImage: imageOf('node', settings) };
}

function coder({ coder }: Settings): Record<string, EnvValue> {
  const url = coder.url
    ? EnvValue.literal(coder.url)
    : EnvValue.join('http://', EnvValue.reference('coder', CODER_PORT));
  if (!coder.url && !coder.server) return {};
  // Also without confirm_workspaces: the reconciler asks Coder which workspaces are gone.
  const token = coder.confirm_workspaces ? EnvValue.variable('coder_token') : EnvValue.optionalVariable('coder_token');
  return { CODER_URL: url, CODER_TOKEN: token };
}

/** Where a Coder server listens inside the platform. */
export const CODER_PORT = 7080;
