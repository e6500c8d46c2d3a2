import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../settings/schema';
import { type ServedModel, servedModels } from '../../settings/served-models';
import { gatewayUrl, provisionerUrl } from '../context';
import { type Container, Docker } from '../docker';
import { GatewayClient } from '../gateway-client';
import { ProvisionerClient } from '../provisioner-client';
import { askAboutKey, type KeyFacts } from './key-facts';
import { Once } from './once';
import { explained, isCooldown, type Probe, probeProviders } from './probe';
import { readWorkspace, type WorkspaceFacts } from './workspace-facts';

/** The platform's containers, by the last part of their names. */
export type Role = 'litellm' | 'edge' | 'postgres' | 'key-provisioner' | 'coder';

export interface ExaminationOptions {
  readonly settings: Settings;
  /** ISO date. */
  readonly today: string;
  /** @default - keys are not looked up, and no key can be made to ask the models with */
  readonly adminToken?: string;
  /** A virtual key somebody has trouble with. */
  readonly apiKey?: string;
  /** Name of a key somebody has trouble with; needs the admin credential. */
  readonly keyName?: string;
  /** A model somebody asked for in vain. */
  readonly model?: string;
  /** The container of a workspace somebody has trouble in. */
  readonly workspace?: string;
  /** A folder with `litellm.log` and `key-provisioner.log`, where no container holds them. */
  readonly logs?: string;
  /** Whether models may be asked, which costs a fraction of a cent. */
  readonly mayAsk: boolean;
}

export interface Health {
  readonly reachable: boolean;
  /** Why not. */
  readonly trouble: string;
  readonly status: number;
  readonly database: string;
  /** How far the service's clock is ahead of this machine's, seconds. */
  readonly ahead?: number;
}

/** Facts about a live deployment, each learned once and only if a symptom asks for it. */
export class Examination {
  readonly settings: Settings;
  readonly models: readonly ServedModel[];
  readonly gateway: GatewayClient;
  readonly docker: Docker;
  private readonly once = new Once();

  constructor(readonly options: ExaminationOptions) {
    this.settings = options.settings;
    this.models = servedModels(options.settings);
    this.gateway = new GatewayClient(gatewayUrl(options.settings));
    this.docker = new Docker(options.settings.docker.host);
  }

  get admin(): ProvisionerClient | undefined {
    return this.options.adminToken ? this.provisioner(this.options.adminToken) : undefined;
  }

  private provisioner = (credential: string) => new ProvisionerClient(credential, provisionerUrl(this.settings));

  containerName = (role: Role) => `${this.settings.name}-${role}`;

  /** Whether Docker answers; otherwise why not. */
  dockerTrouble = () => this.once.get('docker', () => this.docker.unavailable());

  /** A container of the platform; undefined where there is none, or the gateway examined is not the one in containers. */
  container = (role: Role): Promise<Container | undefined> =>
    this.once.get(`container ${role}`, async () => {
      if (!this.inContainers() || (await this.dockerTrouble())) return undefined;
      return this.docker.inspect(this.containerName(role));
    });

  /** What a service wrote lately; empty where that cannot be read. */
  log = (role: Role): Promise<string> =>
    this.once.get(`log ${role}`, async () => {
      if (this.options.logs !== undefined) return tail(join(this.options.logs, `${role}.log`));
      return (await this.container(role)) ? this.docker.logs(this.containerName(role)) : '';
    });

  /** What it wrote in the last minutes, or since a time: for what is repaired and stays in the log. */
  recentLog = (role: Role, since = '3m'): Promise<string> =>
    this.once.get(`log ${role} since ${since}`, async () =>
      (await this.container(role)) ? this.docker.logs(this.containerName(role), { since }) : '',
    );

  health = (): Promise<Health> =>
    this.once.get('health', async () => {
      try {
        const answer = await this.gateway.get('/health/readiness', undefined, 15_000);
        const said = answer.json as { db?: string; error?: { message?: string } } | undefined;
        // In LiteLLM's place the edge answers, and says so.
        if (answer.status >= 500 && said?.db === undefined && said?.error)
          return {
            reachable: false,
            trouble: `the edge answers: ${said.error.message}`,
            status: 0,
            database: 'unknown',
          };
        const database = said?.db ?? 'unknown';
        const date = Date.parse(answer.headers.get('date') ?? '');
        return {
          reachable: true,
          trouble: '',
          status: answer.status,
          database,
          ...(Number.isNaN(date) ? {} : { ahead: Math.round((date - Date.now()) / 1000) }),
        };
      } catch (error) {
        return { reachable: false, trouble: (error as Error).message, status: 0, database: 'unknown' };
      }
    });

  provisionerHealth = (): Promise<{ reachable: boolean; trouble: string; litellm: string }> =>
    this.once.get('provisioner health', async () => {
      try {
        const { litellm = 'ready' } = await this.provisioner('nobody').ready();
        return { reachable: true, trouble: '', litellm };
      } catch (error) {
        return { reachable: false, trouble: (error as Error).message, litellm: 'unknown' };
      }
    });

  /** Keys somebody has trouble with, from wherever they were named. */
  keys = (): Promise<readonly KeyFacts[]> =>
    this.once.get('keys', async () => {
      const { apiKey, keyName } = this.options;
      const found: KeyFacts[] = [];
      if (apiKey) found.push(await askAboutKey('GATEWAY_API_KEY', () => this.provisioner(apiKey).ownKey()));
      const { admin } = this;
      if (keyName && admin) found.push(await askAboutKey(`the key "${keyName}"`, () => admin.info(keyName)));
      const workspace = await this.workspace();
      if (workspace?.key) found.push({ source: "the workspace's key file", ...workspace.key });
      return found;
    });

  /** A small question to one model of each provider. */
  probes = (): Promise<readonly Probe[]> =>
    this.once.get('probes', async () => {
      if (!this.options.mayAsk || !(await this.health()).reachable) return [];
      const { apiKey } = this.options;
      const models = (await this.keys()).find(({ source }) => source === 'GATEWAY_API_KEY')?.info?.models;
      const key = apiKey ? { key: apiKey, ...(models ? { models } : {}) } : undefined;
      const probes = await probeProviders(this.models, this.gateway, key, this.admin);
      const log = probes.some(({ type }) => isCooldown(type)) ? await this.log('litellm') : '';
      return probes.map((probe) => explained(probe, log));
    });

  /** The workspace seen from inside; undefined where none was named or it does not run. */
  workspace = (): Promise<WorkspaceFacts | undefined> =>
    this.once.get('workspace', async () => {
      const { workspace } = this.options;
      if (!workspace || (await this.dockerTrouble())) return undefined;
      const container = await this.docker.inspect(workspace);
      return container?.State.Running ? readWorkspace(this.docker, workspace) : undefined;
    });

  /** Why the workspace cannot be looked into. */
  async workspaceTrouble(): Promise<string | undefined> {
    const { workspace } = this.options;
    if (!workspace) return 'no workspace was named (--workspace <container>)';
    const trouble = await this.dockerTrouble();
    if (trouble) return `Docker does not answer: ${trouble}`;
    return (await this.workspace()) ? undefined : `the container "${workspace}" does not run`;
  }

  /** The deployment's own port on this machine: elsewhere, containers of the same name are somebody else's. */
  private inContainers(): boolean {
    if (this.options.logs !== undefined) return false;
    const { hostname, port } = new URL(this.gateway.url);
    return (
      ['localhost', '127.0.0.1', '[::1]', this.settings.litellm.bind].includes(hostname) &&
      Number(port) === this.settings.litellm.port
    );
  }
}

/** The end of a log file; an old beginning tells nothing about now. */
function tail(file: string, bytes = 64 << 10): string {
  try {
    const handle = openSync(file, 'r');
    try {
      const { size } = fstatSync(handle);
      const buffer = Buffer.alloc(Math.min(size, bytes));
      readSync(handle, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8');
    } finally {
      closeSync(handle);
    }
  } catch {
    return '';
  }
}
