import { existsSync, rmSync } from 'node:fs';
import { gatewayConfigurationJson } from '../litellm-config/gateway-json';
import { proxyConfigYaml } from '../litellm-config/proxy-config';
import { copyCluster, type DatabaseTemplate, TEMPLATE_DATABASE } from '../runtime/installation/database-template';
import { Edge } from '../runtime/services/edge';
import { KeyProvisioner } from '../runtime/services/key-provisioner';
import { LiteLLM } from '../runtime/services/litellm';
import { Postgres } from '../runtime/services/postgres';
import type { Settings } from '../settings/schema';
import type { DemoDirectory } from './directory';
import type { Ports } from './ports';
import type { ProviderChoice } from './providers';

const DATABASE = 'litellm';

export interface ServicesOptions {
  readonly settings: Settings;
  readonly providers: ProviderChoice;
  readonly directory: DemoDirectory;
  /** Confirms workspaces with Coder. @default - Coder is not asked */
  readonly coderToken?: string | undefined;
  /** Ends a start early. */
  readonly signal: AbortSignal;
}

/**
 * The four services of a demo. Each is started on the ports of the moment, after those it is configured with, and can be
 * started again on other ports where its own was taken.
 */
export class DemoServices {
  private postgres?: Postgres;
  private litellm?: LiteLLM;
  private edge?: Edge;
  private keyProvisioner?: KeyProvisioner;

  constructor(private readonly options: ServicesOptions) {}

  get databaseUrl(): string {
    return this.postgres?.url(DATABASE) ?? '';
  }

  get gatewayUrl(): string {
    return this.edge?.url ?? '';
  }

  get provisionerUrl(): string {
    return this.keyProvisioner?.url ?? '';
  }

  /** Process ids; 0 where a service was not started. */
  get pids(): Record<'postgres' | 'litellm' | 'edge' | 'keyProvisioner', number> {
    return {
      postgres: this.postgres?.pid ?? 0,
      litellm: this.litellm?.pid ?? 0,
      edge: this.edge?.pid ?? 0,
      keyProvisioner: this.keyProvisioner?.pid ?? 0,
    };
  }

  /** Resolves with its name when a service has ended by itself. */
  get ended(): Promise<string> {
    const named = (name: string, service?: { ended: Promise<void> }) => service?.ended.then(() => name);
    return Promise.race([
      named('PostgreSQL', this.postgres),
      named('LiteLLM', this.litellm),
      named('the edge', this.edge),
      named('the key-provisioner', this.keyProvisioner),
    ]).then((name) => name ?? '');
  }

  /** Puts a copy of the template into the directory, unless it has a complete database from an earlier start. */
  async copyDatabase(template: DatabaseTemplate): Promise<void> {
    const { directory, signal } = this.options;
    if (directory.databasePassword !== undefined) return;
    const dataDirectory = directory.file('database');
    if (existsSync(dataDirectory)) rmSync(dataDirectory, { recursive: true, force: true });
    await copyCluster(template, dataDirectory, signal);
  }

  async startPostgres(ports: Ports, template: DatabaseTemplate): Promise<void> {
    const { directory, signal } = this.options;
    const password = directory.databasePassword ?? template.password;
    this.postgres = await Postgres.open({
      dataDirectory: directory.file('database'),
      logFile: directory.file('postgres.log'),
      port: ports.postgres,
      password,
      scratch: directory.path,
    });
    await this.postgres.start(signal);
    if (directory.databasePassword === undefined) {
      await this.postgres.createDatabase(DATABASE, TEMPLATE_DATABASE);
      directory.databasePassword = password;
    }
  }

  async startLiteLLM(ports: Ports, venv: string): Promise<void> {
    const { settings, directory, signal } = this.options;
    const { mock, real, secrets } = this.options.providers;
    this.litellm = new LiteLLM({
      venv,
      settings,
      config: proxyConfigYaml(settings, { mock }),
      directory: directory.path,
      secrets: { ...directory.secrets, ...secrets },
      databaseUrl: this.databaseUrl,
      port: ports.litellm,
      logFile: directory.file('litellm.log'),
      online: real.length > 0,
    });
    await this.litellm.start(signal);
  }

  async startEdge(ports: Ports, program: string): Promise<void> {
    const { settings, directory, signal } = this.options;
    this.edge = new Edge({
      program,
      settings,
      directory: directory.path,
      litellmPorts: [ports.litellm],
      port: ports.gateway,
      logFile: directory.file('edge.log'),
    });
    await this.edge.start(signal);
  }

  async startKeyProvisioner(ports: Ports): Promise<void> {
    const { settings, directory, coderToken, signal } = this.options;
    const gatewayUrl = `http://127.0.0.1:${ports.gateway}`;
    const provisionerUrl = `http://127.0.0.1:${ports.provisioner}`;
    this.keyProvisioner = new KeyProvisioner({
      settings,
      configuration: gatewayConfigurationJson(settings, { gatewayUrl, provisionerUrl }),
      directory: directory.path,
      secrets: { ...directory.secrets, ...(coderToken === undefined ? {} : { coder_token: coderToken }) },
      litellm: `127.0.0.1:${ports.litellm}`,
      port: ports.provisioner,
      logFile: directory.file('key-provisioner.log'),
    });
    await this.keyProvisioner.start(signal);
  }

  /** Ends what runs, dependents first. */
  async stop(): Promise<void> {
    await this.keyProvisioner?.stop();
    await this.edge?.stop();
    await this.litellm?.stop();
    await this.postgres?.stop();
  }
}
