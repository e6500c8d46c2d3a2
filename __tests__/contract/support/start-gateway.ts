import { join, relative } from 'node:path';
import { parse, stringify } from 'yaml';
import { PROVIDERS, type Provider } from '../../../catalog/model';
import { type ProxyConfig, proxyConfigYaml } from '../../../litellm-config/proxy-config';
import { parseSettings } from '../../../settings/load';
import type { Settings } from '../../../settings/schema';
import type { LiteLLMEnd, LiteLLMRun } from './fork-server';
import { sendCommand } from './harness';
import type { GatewayAnswer } from './test-gateway';

export interface GatewayOptions {
  /** The content of `gateway.yaml`, or settings already parsed. @default - Anthropic and Bedrock, everything else by default */
  readonly settings?: Settings | Record<string, unknown>;
  /** Changes LiteLLM's configuration in place before the start: dearer models, broken ones, other limits. */
  readonly configure?: (config: ProxyConfig) => void;
  /** Providers whose models LiteLLM answers itself. @default - all */
  readonly mock?: readonly Provider[];
  /** Addresses that stand in for a provider's own, such as a scripted-anthropic's. */
  readonly apiBase?: Partial<Record<Provider, string>>;
  /** Added to LiteLLM's environment. */
  readonly env?: Record<string, string>;
  /** Whether a key-provisioner runs too, or what is added to its environment (`CODER_URL`, `LOG_LEVEL`, …). @default false */
  readonly keyProvisioner?: boolean | Record<string, string>;
  /** A migrated database of `POST /databases` to start on. @default - a fresh one */
  readonly databaseUrl?: string;
}

/** A process of the gateway, for outages. Each call resolves when it is done: `start` when the service answers. */
export interface Control {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface Gateway {
  /** The edge in front of LiteLLM, `http://127.0.0.1:…`: what clients call. */
  readonly url: string;
  /** LiteLLM itself, as the key-provisioner reaches it. */
  readonly litellmUrl: string;
  /** Of every replica, where `litellm.replicas` of the settings asks for several. */
  readonly litellmUrls: readonly string[];
  /** Of the processes that they began as. */
  readonly litellmPids: readonly number[];
  readonly litellmPid: number;
  /** The key-provisioner; empty without one. */
  readonly provisionerUrl: string;
  readonly masterKey: string;
  readonly adminToken: string;
  readonly workspaceIdentitySecret: string;
  readonly keyDerivationSecret: string;
  readonly databaseUrl: string;
  /** Holds `config.yaml`, `gateway.json` and the logs. Removed at the end of the run. */
  readonly directory: string;
  readonly settings: Settings;
  /** `kill` is a crash. */
  readonly litellm: Control & { kill(): Promise<void> };
  /** The second, third … LiteLLM, as `litellm-2`, and the Valkey that they share. */
  replica(name: `litellm-${number}` | 'valkey'): Control & { kill(): Promise<void> };
  /** Starts LiteLLM once more, on the configuration at this path, and waits until it ends by itself. */
  runLiteLLM(config: string, env?: Readonly<Record<string, string>>): Promise<LiteLLMEnd>;
  readonly edge: Control;
  readonly keyProvisioner: Control & { kill(): Promise<void> };
  /** The server all suites of a run share; each has its own database. */
  readonly postgres: Control;
  /** Another key-provisioner of the same gateway: same secrets, its own port. */
  startKeyProvisionerCopy(env?: Record<string, string>): Promise<{ url: string }>;
  stop(): Promise<void>;
}

/** The real LiteLLM on a database, and the real key-provisioner where asked for. Stop it in `afterAll`. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const settings = settingsOf(options.settings);
  const answer = await sendCommand<GatewayAnswer>('POST', '/gateways', {
    suite: relative(join(__dirname, '../..'), expect.getState().testPath ?? ''),
    settings,
    config: configText(settings, options),
    env: options.env ?? {},
    databaseUrl: options.databaseUrl ?? '',
    keyProvisioner: Boolean(options.keyProvisioner),
    provisionerEnv: typeof options.keyProvisioner === 'object' ? options.keyProvisioner : {},
  });
  const { id, ...rest } = answer;
  const control = (path: string, action: string) => () => sendCommand<void>('POST', `${path}/${action}`);
  const service = (name: string) => ({
    start: control(`/gateways/${id}/${name}`, 'start'),
    stop: control(`/gateways/${id}/${name}`, 'stop'),
    kill: control(`/gateways/${id}/${name}`, 'kill'),
  });
  return {
    ...rest,
    provisionerUrl: rest.provisionerUrl ?? '',
    settings,
    litellm: service('litellm'),
    replica: service,
    runLiteLLM: (config, env = {}) =>
      sendCommand<LiteLLMEnd>('POST', `/gateways/${id}/litellm/run`, { config, env } satisfies LiteLLMRun),
    edge: service('edge'),
    keyProvisioner: service('key-provisioner'),
    postgres: { start: control('/postgres', 'start'), stop: control('/postgres', 'stop') },
    startKeyProvisionerCopy: (env = {}) =>
      sendCommand<{ url: string }>('POST', `/gateways/${id}/key-provisioners`, env),
    stop: () => sendCommand<void>('DELETE', `/gateways/${id}`),
  };
}

const DEFAULT_PROVIDERS = {
  anthropic: { credentials: 'variable' },
  bedrock: { credentials: 'variable', region: 'us-east-1' },
};

/** Without runs in between: what a test finds would depend on how long it takes. Each start still brings keys to the policy. */
const NO_RUNS = { reconcile_interval_s: 0 };

function settingsOf(given: GatewayOptions['settings']): Settings {
  const settings = { providers: DEFAULT_PROVIDERS, key_provisioner: NO_RUNS, ...given };
  return parseSettings(JSON.stringify(settings), 'the settings of this test');
}

function configText(settings: Settings, { configure, mock = PROVIDERS, apiBase }: GatewayOptions): string {
  const text = proxyConfigYaml(settings, { mock, ...(apiBase && { apiBase }) });
  if (!configure) return text;
  const config = parse(text) as ProxyConfig;
  configure(config);
  // LiteLLM's YAML 1.1 reader takes 3e-7 for text; it wants 3.0e-7.
  return stringify(config, { lineWidth: 0 }).replace(/(?<=: )(\d+)(e-\d+)$/gm, '$1.0$2');
}
