import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startingModels } from '../litellm-config/outside-policies';
import { prepareDatabaseTemplate } from '../runtime/installation/database-template';
import { cacheDirectory, registryDirectory } from '../runtime/installation/directories';
import { prepareEnvoy } from '../runtime/installation/envoy';
import { discardPythonEnvironment, preparePythonEnvironment } from '../runtime/installation/python-environment';
import type { Work } from '../runtime/installation/work';
import { startOnFreePort } from '../runtime/processes/port-taken';
import { ServiceFailed } from '../runtime/processes/service';
import { LITELLM_VERSION } from '../runtime/versions';
import { loadSettings } from '../settings/load';
import type { Settings } from '../settings/schema';
import { DemoDirectory } from './directory';
import type { DemoOptions } from './options';
import { type ClaimedDemo, claimPorts, DirectoryInUse, type PortRequest, type Ports, replacePort } from './ports';
import { type ShowProgress, step } from './progress';
import { chooseProviders, type ProviderChoice } from './providers';
import { Registry } from './registry';
import { DemoServices } from './services';

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

/** The platform as local processes. However a start ends, stop() leaves nothing behind. */
export class Demo {
  private readonly registry = new Registry(registryDirectory());
  private readonly settings: Settings;
  readonly providers: ProviderChoice;
  private directory: DemoDirectory | undefined;
  private services?: DemoServices;

  constructor(
    private readonly options: DemoOptions,
    private readonly show: ShowProgress,
    private readonly signal: AbortSignal,
  ) {
    this.settings = adapted(loadSettings(options.settings ?? DEFAULT_SETTINGS, { localProcesses: true }), options);
    this.providers = chooseProviders(this.settings, process.env, options.mock);
  }

  /** The model that workspaces write titles with: the cheapest one to ask. */
  get smallModel(): string {
    return startingModels(this.settings)?.small.name ?? this.settings.models.small;
  }

  /** Resolves with its name when a service has ended by itself. */
  get ended(): Promise<string> {
    return this.services?.ended ?? new Promise(() => {});
  }

  /** Installs what is missing and starts everything. */
  async start(): Promise<DemoInfo> {
    const { show, signal, options, settings, providers } = this;
    const cache = cacheDirectory();
    const work = (report: (text: string) => void): Work => ({ report, signal });
    const directory = await DemoDirectory.open(options.directory);
    this.directory = directory;
    const services = new DemoServices({ settings, providers, directory, coderToken: options.coder?.token, signal });
    this.services = services;
    const onPort = await this.claimPorts(directory).catch((error: unknown) => {
      if (error instanceof DirectoryInUse) this.directory = undefined;
      throw error;
    });

    const python = await step(show, `LiteLLM ${LITELLM_VERSION} is installed`, (report) =>
      preparePythonEnvironment(cache, work(report)),
    );
    const envoy = await step(show, 'Envoy is installed', (report) => prepareEnvoy(cache, python, work(report)));
    await step(show, 'PostgreSQL runs', async (report) => {
      const template = await prepareDatabaseTemplate(cache, python.migrationsDirectory, work(report));
      await services.copyDatabase(template);
      await onPort('PostgreSQL', 'postgres', (ports) => services.startPostgres(ports, template));
    });
    await step(show, 'LiteLLM runs', async (report) => {
      const start = () => onPort('LiteLLM', 'litellm', (ports) => services.startLiteLLM(ports, python.venv));
      await start().catch(async (error: unknown) => {
        if (!(error instanceof ServiceFailed) || !BROKEN_ENVIRONMENT.test(error.log)) throw error;
        report('the installation is broken; installing again');
        discardPythonEnvironment(python);
        await preparePythonEnvironment(cache, work(report));
        await start();
      });
    });
    await step(show, 'The edge runs', () => onPort('the edge', 'gateway', (ports) => services.startEdge(ports, envoy)));
    await step(show, 'The key-provisioner runs', () =>
      onPort('the key-provisioner', 'provisioner', (ports) => services.startKeyProvisioner(ports)),
    );
    return this.info(services, directory);
  }

  /** Ends what runs and removes the directory, unless it is to be kept. */
  async stop(): Promise<void> {
    await this.services?.stop();
    if (this.directory && !this.options.keep) rmSync(this.directory.path, { recursive: true, force: true });
    this.registry.remove();
  }

  /**
   * Claims ports, and returns what starts a service on its own: where another process takes that one before the service
   * listens, another port is claimed and the service starts again. Services that are configured with it start later.
   */
  private async claimPorts(directory: DemoDirectory) {
    const { options, registry, settings, signal, show } = this;
    const work: Work = { report: () => {}, signal };
    const demo: ClaimedDemo = { directory: directory.path, keep: options.keep };
    const request: PortRequest = {
      gateway: options.gatewayPort,
      provisioner: options.provisionerPort,
      usualGateway: settings.litellm.port,
      usualProvisioner: settings.key_provisioner.port,
    };
    let ports = await claimPorts(registry, request, demo, work);
    return (name: string, service: keyof Ports, start: (ports: Ports) => Promise<void>): Promise<void> =>
      startOnFreePort(
        ports[service],
        () => start(ports),
        async (taken) => {
          ports = await replacePort(registry, request, demo, ports, service, work);
          const text = `another process took port ${taken.port} before ${name} could use it; trying ${ports[service]}`;
          show({ kind: 'note', text });
          return ports[service];
        },
      );
  }

  private info(services: DemoServices, { secrets, path }: DemoDirectory): DemoInfo {
    return {
      gatewayUrl: services.gatewayUrl,
      provisionerUrl: services.provisionerUrl,
      masterKey: secrets.litellm_master_key,
      adminToken: secrets.provisioner_admin_token,
      workspaceIdentitySecret: secrets.workspace_identity_secret,
      databaseUrl: services.databaseUrl,
      pids: { demo: process.pid, ...services.pids },
      directory: path,
    };
  }
}

/** Coder is asked exactly where it was named on the command line. */
function adapted(settings: Settings, { coder }: DemoOptions): Settings {
  const { url: _url, ...rest } = settings.coder;
  return {
    ...settings,
    // One process of each.
    litellm: { ...settings.litellm, replicas: 1 },
    coder: { ...rest, server: false, confirm_workspaces: coder !== undefined, ...(coder ? { url: coder.url } : {}) },
  };
}
