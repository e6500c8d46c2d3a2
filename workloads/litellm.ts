import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { protocolSettingsJson } from '../litellm-config/protocol-settings';
import { proxyConfigYaml } from '../litellm-config/proxy-config';
import { requestRulesJson } from '../litellm-config/request-rules';
import { VALKEY_HOST, VALKEY_PORT, VALKEY_SECRET } from '../litellm-config/shared-counters';
import { PACKAGE_ROOT } from '../package-root';
import { neededCredentials } from '../settings/credentials';
import { PORTS } from '../settings/ports';
import type { Settings } from '../settings/schema';
import { imageOf } from './images';
import { DATABASE_NAME, DATABASE_ROLE } from './postgres';
import { DRAIN_LAG_SECONDS, drainSeconds } from './replica-drain';
import { VALKEY_PASSWORD } from './valkey';
import { EnvValue } from './value';
import type { Workload } from './workload';

const CONFIG = 'config.yaml';
const SCRATCH = '/tmp';
const PROGRAMS = join(PACKAGE_ROOT, 'images/litellm');
const REQUEST_FILTER = [
  'request_filter.py',
  'request_fields.py',
  'request_costs.py',
  'billed_extras.py',
  'provider_requests.py',
  'reservations.py',
  'spend_rows.py',
  'stream_lines.py',
];
const PROTOCOL_ANSWERS = [
  ...['draining.py', 'provider_retries.py', 'shared_reservations.py'],
  ...['protocol_answers.py', 'reply.py', 'answer_streams.py', 'exchange.py', 'gateway_errors.py', 'limit_answers.py'],
  ...['provider_errors.py', 'caps.py', 'usage_headers.py', 'usage_route.py', 'model_titles.py'],
];

/** What a test changes in an otherwise identical workload. */
export interface LiteLLMOptions {
  /** Text of `config.yaml`. @default - generated from the settings and the catalog */
  readonly config?: string;
}

/** The gateway: LiteLLM with its generated configuration. */
export const litellm = (settings: Settings, options: LiteLLMOptions = {}): Workload => ({
  name: 'litellm',
  image: { kind: 'reference', reference: imageOf('litellm', settings) },
  arguments: [
    EnvValue.literal('--config'),
    EnvValue.path(CONFIG),
    EnvValue.literal('--port'),
    EnvValue.literal(String(PORTS.litellm)),
  ],
  environment: {
    ...LITELLM_SETTINGS,
    ...WRITABLE_PLACES,
    LITELLM_MASTER_KEY: EnvValue.variable('litellm_master_key'),
    LITELLM_SALT_KEY: EnvValue.variable('litellm_salt_key'),
    DATABASE_URL: EnvValue.join(
      `postgresql://${DATABASE_ROLE}:`,
      EnvValue.variableInUrl('postgres_password'),
      '@',
      EnvValue.reference('postgres', PORTS.postgres),
      `/${DATABASE_NAME}`,
    ),
    // How long LiteLLM lets requests under way finish once it is told to end; its own 30 seconds are few.
    GRACEFUL_SHUTDOWN_TIMEOUT: EnvValue.literal(String(drainSeconds(settings))),
    ...(settings.litellm.replicas > 1
      ? {
          [VALKEY_HOST]: EnvValue.literal('valkey'),
          [VALKEY_PORT]: EnvValue.literal(String(PORTS.valkey)),
          [VALKEY_SECRET]: VALKEY_PASSWORD,
        }
      : {}),
    ...providerCredentials(settings),
  },
  files: {
    directory: '/etc/litellm',
    files: [
      { name: CONFIG, content: options.config ?? proxyConfigYaml(settings) },
      // `litellm_settings.callbacks` names the first; LiteLLM looks for it beside its configuration.
      ...[...REQUEST_FILTER, ...PROTOCOL_ANSWERS].map((name) => ({
        name,
        content: readFileSync(join(PROGRAMS, name), 'utf8'),
      })),
      { name: 'request-rules.json', content: requestRulesJson(settings) },
      { name: 'protocol.json', content: protocolSettingsJson(settings) },
    ],
  },
  connects: [
    { to: 'postgres', port: PORTS.postgres },
    ...(settings.litellm.replicas > 1 ? [{ to: 'valkey' as const, port: PORTS.valkey }] : []),
    { to: 'internet' },
  ],
  ports: [{ name: 'http', port: PORTS.litellm }],
  // The edge is what is published.
  published: [],
  health: {
    // The image has neither curl nor wget, HEAD is answered with 405, and localhost may be ::1. `urllib` takes twice the processor
    // time of this, four times a minute, and would ask a proxy that the environment names.
    command: [
      'python3',
      '-c',
      `import socket; c = socket.create_connection(("127.0.0.1", ${PORTS.litellm}), 4); c.sendall(b"GET /health/readiness HTTP/1.0\\r\\n\\r\\n"); raise SystemExit(b" 200 " not in c.makefile("rb").read()[:20])`,
    ],
    intervalSeconds: 15,
    timeoutSeconds: 5,
    retries: 5,
    // The first start on an empty database runs some 190 migrations.
    startPeriodSeconds: 180,
  },
  memoryMb: settings.litellm.memory_mb,
  user: { uid: 65534, gid: 65534 },
  scratch: [{ path: SCRATCH, megabytes: 512 }],
  persistent: [],
  dependsOn: ['postgres', ...(settings.litellm.replicas > 1 ? (['valkey'] as const) : [])],
  // What is under way ends, then LiteLLM writes down what was spent.
  stopGraceSeconds: DRAIN_LAG_SECONDS + drainSeconds(settings) + 10,
});

/** Behaviour of LiteLLM that is decided by its environment. */
export const LITELLM_SETTINGS: Readonly<Record<string, EnvValue>> = {
  LITELLM_MODE: EnvValue.literal('PRODUCTION'),
  LITELLM_LOG: EnvValue.literal('ERROR'),
  // Nothing is fetched from GitHub at start: prices and limits come from the catalog.
  LITELLM_LOCAL_MODEL_COST_MAP: EnvValue.literal('True'),
  LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS: EnvValue.literal('True'),
  LITELLM_LOCAL_AUTOROUTER_PRESETS: EnvValue.literal('True'),
  LITELLM_LOCAL_BLOG_POSTS: EnvValue.literal('True'),
  LITELLM_LOCAL_POLICY_TEMPLATES: EnvValue.literal('True'),
  NO_DOCS: EnvValue.literal('True'),
  NO_REDOC: EnvValue.literal('True'),
  NO_OPENAPI: EnvValue.literal('True'),
};

/** LiteLLM on a read-only root writes to these places only. */
const WRITABLE_PLACES: Readonly<Record<string, EnvValue>> = {
  HOME: EnvValue.literal(SCRATCH),
  XDG_CACHE_HOME: EnvValue.literal(`${SCRATCH}/cache`),
  LITELLM_NON_ROOT: EnvValue.literal('true'),
  LITELLM_MIGRATION_DIR: EnvValue.literal(`${SCRATCH}/migrations`),
  LITELLM_UI_PATH: EnvValue.literal(`${SCRATCH}/ui`),
  LITELLM_ASSETS_PATH: EnvValue.literal(`${SCRATCH}/assets`),
};

function providerCredentials(settings: Settings): Record<string, EnvValue> {
  const credentials = neededCredentials(settings).flatMap((provider) => provider.credentials);
  return Object.fromEntries(
    credentials.map(({ secret, environment, required }) => [
      environment,
      required ? EnvValue.variable(secret) : EnvValue.optionalVariable(secret),
    ]),
  );
}
