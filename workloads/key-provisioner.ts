import { gatewayConfigurationJson } from '../litellm-config/gateway-json';
import { PORTS } from '../settings/ports';
import type { Settings } from '../settings/schema';
import { imageOf } from './images';
import { EnvValue } from './value';
import type { Connection, ImageSource, Workload } from './workload';

const CONFIGURATION = 'gateway.json';

/** Issues, renews and revokes virtual keys. Its image is built from `images/key-provisioner` unless the settings name one. */
export const keyProvisioner = (settings: Settings): Workload => ({
  name: 'key-provisioner',
  image: image(settings),
  environment: {
    HOST: EnvValue.literal('0.0.0.0'),
    PORT: EnvValue.literal(String(PORTS.keyProvisioner)),
    NODE_ENV: EnvValue.literal('production'),
    LITELLM_URL: EnvValue.join('http://', EnvValue.reference('litellm', PORTS.litellm)),
    LITELLM_MASTER_KEY: EnvValue.variable('litellm_master_key'),
    ADMIN_TOKEN: EnvValue.variable('provisioner_admin_token'),
    WORKSPACE_IDENTITY_SECRET: EnvValue.variable('workspace_identity_secret'),
    KEY_DERIVATION_SECRET: EnvValue.variable('key_derivation_secret'),
    GATEWAY_CONFIGURATION: EnvValue.path(CONFIGURATION),
    ...coder(settings),
  },
  files: { directory: '/etc/gateway', files: [{ name: CONFIGURATION, content: gatewayConfigurationJson(settings) }] },
  connects: [{ to: 'litellm', port: PORTS.litellm }, ...coderConnection(settings)],
  ports: [{ name: 'http', port: PORTS.keyProvisioner }],
  published: [
    { port: PORTS.keyProvisioner, hostPort: settings.key_provisioner.port, bind: settings.key_provisioner.bind },
  ],
  health: {
    // Half the processor time of `fetch`, six times a minute.
    command: [
      'node',
      '-e',
      `require("node:http").get("http://127.0.0.1:${PORTS.keyProvisioner}/health", (r) => process.exit(r.statusCode === 200 ? 0 : 1)).on("error", () => process.exit(1))`,
    ],
    intervalSeconds: 10,
    timeoutSeconds: 5,
    retries: 3,
    startPeriodSeconds: 30,
  },
  memoryMb: settings.key_provisioner.memory_mb,
  user: { uid: 1000, gid: 1000 },
  scratch: [{ path: '/tmp', megabytes: 16 }],
  persistent: [],
  dependsOn: ['litellm'],
  stopGraceSeconds: 15,
});

function image(settings: Settings): ImageSource {
  const given = settings.images.key_provisioner;
  if (given) return { kind: 'reference', reference: given };
  return { kind: 'build', folder: 'key-provisioner', baseImage: imageOf('node', settings) };
}

/** Coder's address may be the public one of the platform's own server. */
function coderConnection({ coder }: Settings): Connection[] {
  if (coder.url) return [{ to: 'internet' }];
  return coder.server ? [{ to: 'coder', port: PORTS.coder }] : [];
}

function coder({ coder }: Settings): Record<string, EnvValue> {
  const url = coder.url
    ? EnvValue.literal(coder.url)
    : EnvValue.join('http://', EnvValue.reference('coder', PORTS.coder));
  if (!coder.url && !coder.server) return {};
  // Also without confirm_workspaces: the reconciler asks Coder which workspaces are gone.
  const token = coder.confirm_workspaces ? EnvValue.variable('coder_token') : EnvValue.optionalVariable('coder_token');
  return { CODER_URL: url, CODER_TOKEN: token };
}
