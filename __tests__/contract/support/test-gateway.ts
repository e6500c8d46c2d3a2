import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseProviders } from '../../../demo/providers';
import { gatewayConfigurationJson } from '../../../litellm-config/gateway-json';
import { startOnAnyPort, startOnFreePort } from '../../../runtime/processes/port-taken';
import { makeSecrets } from '../../../runtime/secrets';
import { Edge } from '../../../runtime/services/edge';
import { KeyProvisioner, type KeyProvisionerOptions } from '../../../runtime/services/key-provisioner';
import { recordTime } from '../../../scripts/test/record';
import type { Settings } from '../../../settings/schema';
import { ForkedLiteLLM, type ForkServer, type LiteLLMEnd, type LiteLLMRun } from './fork-server';
import { Valkey } from './valkey';

/** What a suite asks for. */
export interface GatewayRequest {
  /** The test file that asks, for the report of where the time went. */
  readonly suite?: string;
  readonly settings: Settings;
  /** Text of LiteLLM's `config.yaml`. */
  readonly config: string;
  /** Added to LiteLLM's environment. */
  readonly env: Record<string, string>;
  readonly keyProvisioner: boolean;
  /** A migrated database to start on; empty: a fresh one. */
  readonly databaseUrl: string;
  /** Added to the key-provisioner's environment. */
  readonly provisionerEnv: Record<string, string>;
}

/** What it gets. */
export interface GatewayAnswer {
  readonly id: string;
  readonly masterKey: string;
  readonly adminToken: string;
  readonly workspaceIdentitySecret: string;
  readonly keyDerivationSecret: string;
  /** The edge. */
  readonly url: string;
  readonly litellmUrl: string;
  /** Of every replica. */
  readonly litellmUrls: readonly string[];
  readonly litellmPids: readonly number[];
  readonly litellmPid: number;
  readonly provisionerUrl?: string | undefined;
  readonly databaseUrl: string;
  /** Holds `config.yaml`, `gateway.json`, `litellm.log` and `key-provisioner.log`. */
  readonly directory: string;
}

/** What a gateway is made of. */
export interface GatewayParts {
  readonly id: string;
  readonly directory: string;
  readonly databaseUrl: string;
  /** The virtual environment that holds LiteLLM. */
  readonly venv: string;
  /** Path of Envoy. */
  readonly envoy: string;
  readonly forkServer: ForkServer;
}

interface Startable {
  start(): Promise<void>;
}

/** One LiteLLM with its edge and, where asked for, its key-provisioner: each on a free port of its own. */
export class TestGateway {
  private readonly secrets = makeSecrets();
  /** Each LiteLLM, by its port. */
  private readonly litellms = new Map<number, ForkedLiteLLM>();
  private valkey?: Valkey;
  private edge?: Edge;
  private provisionerOptions?: KeyProvisionerOptions;
  private readonly provisioners: KeyProvisioner[] = [];

  constructor(
    private readonly parts: GatewayParts,
    private readonly request: GatewayRequest,
  ) {}

  /** In this order, since each is configured with the port that the one before it got. */
  async start(): Promise<GatewayAnswer> {
    const { settings, config, env, provisionerEnv } = this.request;
    const { directory, databaseUrl, venv, envoy, forkServer } = this.parts;
    const started = Date.now();
    const { replicas } = settings.litellm;
    if (replicas > 1) this.valkey = await Valkey.start(join(directory, 'valkey.log'));
    const secrets = { ...this.secrets, ...chooseProviders(settings, {}, true).secrets };
    const common = { venv, settings, config, directory, databaseUrl, secrets, online: false };
    for (const index of Array.from({ length: replicas }).keys()) {
      let litellm: ForkedLiteLLM | undefined;
      const port = await startOnAnyPort((free) => {
        const logFile = join(directory, index === 0 ? 'litellm.log' : `litellm-${index + 1}.log`);
        const options = { ...common, env: { ...this.valkey?.environment, ...env }, port: free, logFile };
        litellm = new ForkedLiteLLM(forkServer, options);
        return litellm.start();
      });
      if (litellm) this.litellms.set(port, litellm);
    }
    const litellmPorts = [...this.litellms.keys()];
    const [litellmPort = 0] = litellmPorts;
    recordTime('litellm', this.request.suite ?? '', started);
    const port = await startOnAnyPort((port) => {
      const logFile = join(directory, 'edge.log');
      this.edge = new Edge({ program: envoy, settings, directory, litellmPorts, port, logFile });
      return this.edge.start();
    });
    if (this.request.keyProvisioner) {
      const common = { settings, directory, secrets: this.secrets, env: provisionerEnv };
      const logFile = join(directory, 'key-provisioner.log');
      await this.startProvisioner((provisionerPort) => {
        this.provisionerOptions = {
          ...common,
          logFile,
          litellm: `127.0.0.1:${litellmPort}`,
          configuration: gatewayConfigurationJson(settings, {
            gatewayUrl: `http://127.0.0.1:${port}`,
            provisionerUrl: `http://127.0.0.1:${provisionerPort}`,
          }),
          port: provisionerPort,
        };
        return this.provisionerOptions;
      });
    }
    return this.answer();
  }

  /** Another key-provisioner with the same secrets, on its own port. */
  async startCopy(env: Record<string, string>): Promise<{ url: string }> {
    const options = this.provisionerOptions;
    if (!options) throw new Error('this gateway was started without a key-provisioner');
    const copy = await this.startProvisioner((port) => ({ ...options, port, env: { ...options.env, ...env } }));
    return { url: copy.url };
  }

  /** `start`, `stop` or `kill` of `litellm`, `edge` or `key-provisioner`. */
  async control(service: string, action: string): Promise<void> {
    const [litellm, ...more] = this.litellms.values();
    const replicas = Object.fromEntries(more.map((replica, index) => [`litellm-${index + 2}`, replica]));
    const others = { litellm, valkey: this.valkey, edge: this.edge, 'key-provisioner': this.provisioners[0] };
    const target = { ...replicas, ...others }[service];
    if (!target) throw new Error(`this gateway has no ${service}`);
    if (action === 'start') await onSamePort(target);
    else if (action === 'stop') await target.stop();
    else if (action === 'kill') await target.kill();
    else throw new Error(`there is no action "${action}"; choose start, stop or kill`);
  }

  runLiteLLM(options: LiteLLMRun): Promise<LiteLLMEnd> {
    const [litellm] = this.litellms.values();
    if (!litellm) throw new Error('this gateway was never started');
    return litellm.runOnce(options);
  }

  async stop(): Promise<void> {
    await Promise.all([
      this.edge?.stop(),
      ...this.provisioners.map((provisioner) => provisioner.stop()),
      ...[...this.litellms.values()].map((litellm) => litellm.stop()),
      this.valkey?.stop(),
    ]);
  }

  private async startProvisioner(options: (port: number) => KeyProvisionerOptions): Promise<KeyProvisioner> {
    let provisioner: KeyProvisioner | undefined;
    await startOnAnyPort((port) => {
      provisioner = new KeyProvisioner(options(port));
      return provisioner.start();
    });
    if (!provisioner) throw new Error('no key-provisioner was started');
    this.provisioners.push(provisioner);
    return provisioner;
  }

  private answer(): GatewayAnswer {
    const { id, directory, databaseUrl } = this.parts;
    const [litellm] = this.litellms.values();
    return {
      id,
      url: this.edge?.url ?? '',
      litellmUrl: litellm?.url ?? '',
      litellmPid: litellm?.pid ?? 0,
      litellmUrls: [...this.litellms.values()].map(({ url }) => url),
      litellmPids: [...this.litellms.values()].map(({ pid }) => pid),
      provisionerUrl: this.provisioners[0]?.url,
      databaseUrl,
      directory,
      masterKey: this.secrets.litellm_master_key,
      adminToken: this.secrets.provisioner_admin_token,
      workspaceIdentitySecret: this.secrets.workspace_identity_secret,
      keyDerivationSecret: this.secrets.key_derivation_secret,
    };
  }
}

/** Starts something again where others expect it; a process that has the port by chance may let go of it. */
export async function onSamePort(service: Startable): Promise<void> {
  await startOnFreePort(
    0,
    () => service.start(),
    async () => sleep(2_000, 0),
  );
}
