import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseProviders } from '../../../demo/providers';
import {
  copyCluster,
  prepareDatabaseTemplate,
  TEMPLATE_DATABASE,
} from '../../../runtime/installation/database-template';
import { cacheDirectory } from '../../../runtime/installation/directories';
import { prepareEnvoy } from '../../../runtime/installation/envoy';
import { preparePythonEnvironment, QUERY_ENGINE } from '../../../runtime/installation/python-environment';
import type { Work } from '../../../runtime/installation/work';
import { freePort } from '../../../runtime/processes/ports';
import { makeSecrets, type Secrets } from '../../../runtime/secrets';
import { Edge } from '../../../runtime/services/edge';
import { KeyProvisioner, type KeyProvisionerOptions } from '../../../runtime/services/key-provisioner';
import { Postgres } from '../../../runtime/services/postgres';
import { recordTime } from '../../../scripts/test/record';
import type { Settings } from '../../../settings/schema';
import { Nursery, NurseryLiteLLM } from './nursery';

/** What a suite asks for. */
export interface GatewayRequest {
  /** The test file that asks, for the report of where the time went. */
  readonly suite?: string;
  readonly settings: Settings;
  /** Text of LiteLLM's `config.yaml`. */
  readonly config: string;
  /** Text of the key-provisioner's `gateway.json`; without it there is no key-provisioner. */
  readonly gatewayJson?: string;
  /** The edge's port. */
  readonly port: number;
  readonly litellmPort: number;
  readonly provisionerPort: number;
  /** Added to LiteLLM's environment. */
  readonly env: Record<string, string>;
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
  readonly litellmPid: number;
  readonly provisionerUrl?: string;
  readonly databaseUrl: string;
  /** Holds `config.yaml`, `gateway.json`, `litellm.log` and `key-provisioner.log`. */
  readonly directory: string;
}

interface Running {
  readonly litellm: NurseryLiteLLM;
  readonly edge: Edge;
  readonly provisionerOptions?: KeyProvisionerOptions;
  readonly provisioners: KeyProvisioner[];
}

/** One PostgreSQL server, and the gateways that suites start on databases of their own. */
export class TestGateways {
  private readonly running = new Map<string, Running>();
  private readonly nursery: Nursery;

  private constructor(
    private readonly directory: string,
    private readonly venv: string,
    /** Path of Envoy. */
    readonly envoy: string,
    private readonly postgres: Postgres,
  ) {
    this.nursery = new Nursery(venv);
  }

  /** Installs what is missing and starts PostgreSQL. */
  static async open(work: Work): Promise<TestGateways> {
    const cache = cacheDirectory();
    const python = await preparePythonEnvironment(cache, work);
    const { venv, migrationsDirectory } = python;
    const envoy = await prepareEnvoy(cache, python, work);
    const template = await prepareDatabaseTemplate(cache, migrationsDirectory, work);
    const directory = mkdtempSync(join(tmpdir(), 'gateway-tests-'));
    chmodSync(directory, 0o755); // PostgreSQL may run as another user
    const dataDirectory = join(directory, 'cluster');
    await copyCluster(template, dataDirectory, work.signal);
    const postgres = await Postgres.open({
      dataDirectory,
      logFile: join(directory, 'postgres.log'),
      port: await freePort(),
      password: template.password,
      scratch: directory,
    });
    await postgres.start(work.signal);
    return new TestGateways(directory, venv, envoy, postgres);
  }

  /** Free ports for a gateway's edge, its LiteLLM and its key-provisioner. */
  async ports(): Promise<{ port: number; litellmPort: number; provisionerPort: number }> {
    const port = await freePort();
    const litellmPort = await freePort(0, [port]);
    return { port, litellmPort, provisionerPort: await freePort(0, [port, litellmPort]) };
  }

  async start(request: GatewayRequest): Promise<GatewayAnswer> {
    const id = randomBytes(4).toString('hex');
    const directory = join(this.directory, id);
    mkdirSync(directory, { mode: 0o700 });
    const databaseUrl = await this.postgres.createDatabase(`suite_${id}`, TEMPLATE_DATABASE);
    const secrets = makeSecrets();
    const litellm = new NurseryLiteLLM(this.nursery, {
      venv: this.venv,
      settings: request.settings,
      config: request.config,
      directory,
      secrets: { ...secrets, ...chooseProviders(request.settings, {}, true).secrets },
      databaseUrl,
      port: request.litellmPort,
      logFile: join(directory, 'litellm.log'),
      online: false,
      env: request.env,
    });
    const edge = new Edge({
      program: this.envoy,
      settings: request.settings,
      directory,
      litellmPort: request.litellmPort,
      port: request.port,
      logFile: join(directory, 'edge.log'),
    });
    const options = provisionerOptions(request, directory, secrets);
    const provisioners = options ? [new KeyProvisioner(options)] : [];
    const answer = (): GatewayAnswer => ({
      id,
      url: edge.url,
      litellmUrl: litellm.url,
      litellmPid: litellm.pid,
      provisionerUrl: provisioners[0]?.url,
      databaseUrl,
      directory,
      masterKey: secrets.litellm_master_key,
      adminToken: secrets.provisioner_admin_token,
      workspaceIdentitySecret: secrets.workspace_identity_secret,
      keyDerivationSecret: secrets.key_derivation_secret,
    });
    this.running.set(id, { litellm, edge, provisionerOptions: options, provisioners });
    const started = Date.now();
    try {
      await Promise.all([litellm.start(), edge.start()]);
      recordTime('litellm', request.suite ?? '', started);
      await provisioners[0]?.start();
    } catch (error) {
      await this.remove(id);
      throw error;
    }
    return answer();
  }

  /**
   * A fresh database without a gateway, and what reaches it as LiteLLM does.
   *
   * @param options `migrated`: with LiteLLM's tables; default true
   */
  async database({ migrated = true } = {}): Promise<{ databaseUrl: string; python: string; queryEngine: string }> {
    const name = `suite_${randomBytes(4).toString('hex')}`;
    const databaseUrl = await this.postgres.createDatabase(name, migrated ? TEMPLATE_DATABASE : undefined);
    return { databaseUrl, python: join(this.venv, 'bin/python'), queryEngine: QUERY_ENGINE };
  }

  /** Another key-provisioner for the same gateway, with the same secrets. */
  async startCopy(id: string, env: Record<string, string>): Promise<{ url: string }> {
    const { provisionerOptions, provisioners } = this.find(id);
    if (!provisionerOptions) throw new Error('this gateway was started without a key-provisioner');
    const copy = new KeyProvisioner({
      ...provisionerOptions,
      port: await freePort(),
      env: { ...provisionerOptions.env, ...env },
    });
    provisioners.push(copy);
    await copy.start();
    return { url: copy.url };
  }

  /** `start`, `stop` or `kill` of `litellm`, `edge` or `key-provisioner`. */
  async control(id: string, service: string, action: string): Promise<void> {
    const { litellm, edge, provisioners } = this.find(id);
    const target = service === 'litellm' ? litellm : service === 'edge' ? edge : provisioners[0];
    if (!target) throw new Error(`this gateway has no ${service}`);
    if (action === 'start') await target.start();
    else if (action === 'stop') await target.stop();
    else if (action === 'kill') await target.kill();
    else throw new Error(`no such action: ${action}`);
  }

  async remove(id: string): Promise<void> {
    const { litellm, edge, provisioners } = this.find(id);
    await Promise.all([edge.stop(), ...provisioners.map((provisioner) => provisioner.stop()), litellm.stop()]);
    this.running.delete(id);
    await this.postgres.dropDatabase(`suite_${id}`).catch(() => {}); // it may be in the middle of an outage
  }

  /** An outage, for every gateway of the run. */
  async stopPostgres(): Promise<void> {
    await this.postgres.stop();
  }

  async startPostgres(): Promise<void> {
    await this.postgres.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.keys()].map((id) => this.remove(id)));
    this.nursery.stop();
    await this.postgres.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private find(id: string): Running {
    const found = this.running.get(id);
    if (!found) throw new Error(`no gateway is called ${id}`);
    return found;
  }
}

function provisionerOptions(
  { settings, gatewayJson, litellmPort, provisionerPort, provisionerEnv }: GatewayRequest,
  directory: string,
  secrets: Secrets,
): KeyProvisionerOptions | undefined {
  if (gatewayJson === undefined) return undefined;
  return {
    settings,
    configuration: gatewayJson,
    directory,
    secrets,
    litellm: `127.0.0.1:${litellmPort}`,
    port: provisionerPort,
    logFile: join(directory, 'key-provisioner.log'),
    env: provisionerEnv,
  };
}
