import type { Settings } from '../../settings/schema';
import { type ServedModel, servedModels } from '../../settings/served-models';
import type { GatewayClient } from '../gateway-client';
import type { ProvisionerClient } from '../provisioner-client';
import { type GatewayHealth, gatewayHealth, type ProvisionerHealth, provisionerHealth } from './health';
import { type KeyFacts, keyFacts } from './key-facts';
import { logFile } from './log-lines';
import type { Machine } from './machine';
import { Once } from './once';
import { needsLog, type Probe, probeProviders, withProvidersWords } from './probe';
import type { Runtime, WorkloadState } from './runtime';
import { readWorkspace, type WorkspaceFacts } from './workspace-facts';

/** The platform's workloads, by the last part of their names. */
export type Role = 'litellm' | 'edge' | 'postgres' | 'key-provisioner' | 'coder';

export interface DoctorContextProps {
  readonly settings: Settings;
  /** ISO date. */
  readonly today: string;
  readonly now: () => Date;
  readonly runtime: Runtime;
  readonly machine: Machine;
  /** The working directory, whose disk is checked. */
  readonly folder: string;
  readonly gateway: GatewayClient;
  /** A client that shows the key-provisioner this credential. */
  readonly provisioner: (credential: string) => ProvisionerClient;
  /** Whether requests to models may be sent, which cost a fraction of a cent. */
  readonly allowPaidRequests: boolean;
  /** @default - keys are not looked up, and no key can be issued for requests to the models */
  readonly adminToken?: string;
  /** A virtual key to check. */
  readonly apiKey?: string;
  /** Name of a key to check; needs the admin credential. */
  readonly keyName?: string;
  /** A model for which requests failed. */
  readonly model?: string;
  /** A workspace to check, by the name of its workload. */
  readonly workspace?: string;
  /** A folder with `litellm.log` and `key-provisioner.log`, where no workload holds them. */
  readonly logs?: string;
}

/** Facts about a live deployment, each measured once and only if a symptom needs it. */
export class DoctorContext {
  readonly settings: Settings;
  readonly models: readonly ServedModel[];
  readonly runtime: Runtime;
  readonly machine: Machine;
  readonly now: () => Date;
  private readonly once = new Once();

  constructor(readonly props: DoctorContextProps) {
    this.settings = props.settings;
    this.models = servedModels(props.settings);
    this.runtime = props.runtime;
    this.machine = props.machine;
    this.now = props.now;
  }

  workloadName = (role: Role) => `${this.settings.name}-${role}`;

  /** Why the runtime cannot be used; undefined where it answers. */
  runtimeError = () => this.once.get('runtime', () => this.runtime.unavailable());

  /** A workload of the platform; undefined where there is none, or the gateway that is checked is not the one that the runtime runs. */
  state = (role: Role): Promise<WorkloadState | undefined> =>
    this.once.get(`state ${role}`, async () => {
      if (!this.isRunByRuntime() || (await this.runtimeError())) return undefined;
      return this.runtime.state(this.workloadName(role));
    });

  /** What a workload printed lately; empty where that cannot be read. */
  log = (role: Role): Promise<string> => this.once.get(`log ${role}`, () => this.readLog(role));

  private async readLog(role: Role): Promise<string> {
    if (this.props.logs !== undefined) return logFile(this.props.logs, role);
    return (await this.state(role)) ? this.runtime.log(this.workloadName(role)) : '';
  }

  /** What it printed in the last minutes, or since a time: for what is repaired and still in the log. */
  recentLog = (role: Role, since = '3m'): Promise<string> =>
    this.once.get(`log ${role} since ${since}`, async () =>
      (await this.state(role)) ? this.runtime.log(this.workloadName(role), { since }) : '',
    );

  gatewayHealth = (): Promise<GatewayHealth> =>
    this.once.get('gateway health', () => gatewayHealth(this.props.gateway, this.now));

  provisionerHealth = (): Promise<ProvisionerHealth> =>
    this.once.get('provisioner health', () => provisionerHealth(this.props.provisioner('unauthenticated')));

  /** The keys to check, from wherever they were named. */
  keys = (): Promise<readonly KeyFacts[]> =>
    this.once.get('keys', async () => {
      const { apiKey, keyName, provisioner } = this.props;
      const admin = this.admin();
      const found: KeyFacts[] = [];
      if (apiKey) found.push(await keyFacts('GATEWAY_API_KEY', () => provisioner(apiKey).ownKey()));
      if (keyName && admin) found.push(await keyFacts(`the key "${keyName}"`, () => admin.info(keyName)));
      const workspace = await this.workspace();
      if (workspace?.key) found.push({ source: "the workspace's key file", ...workspace.key });
      return found;
    });

  /** The answers to one small request per provider; none where no request may or can be sent. */
  probes = (): Promise<readonly Probe[]> =>
    this.once.get('probes', async () => {
      const { allowPaidRequests, apiKey, gateway } = this.props;
      if (!allowPaidRequests || !(await this.gatewayHealth()).reachable) return [];
      const models = (await this.keys()).find(({ source }) => source === 'GATEWAY_API_KEY')?.info?.models;
      const key = apiKey ? { key: apiKey, ...(models ? { models } : {}) } : undefined;
      const probes = await probeProviders(this.models, gateway, key, this.admin());
      // Another symptom may have read it before these requests.
      const log = probes.some(needsLog) ? await this.readLog('litellm') : '';
      return probes.map((probe) => withProvidersWords(probe, log));
    });

  /** The workspace seen from inside; undefined where {@link workspaceError} says why. */
  workspace = (): Promise<WorkspaceFacts | undefined> =>
    this.once.get('workspace', async () => {
      const { workspace } = this.props;
      if (!workspace || (await this.runtimeError())) return undefined;
      const state = await this.runtime.state(workspace);
      return state?.phase === 'running' ? readWorkspace(this.runtime, workspace, this.now) : undefined;
    });

  /** Why there are no facts about a workspace. */
  async workspaceError(): Promise<string> {
    const { workspace } = this.props;
    if (!workspace) return 'no workspace was named (--workspace <container>)';
    const error = await this.runtimeError();
    return error ? `${this.runtime.name} does not answer: ${error}` : `"${workspace}" is not running`;
  }

  private admin(): ProvisionerClient | undefined {
    const { adminToken, provisioner } = this.props;
    return adminToken ? provisioner(adminToken) : undefined;
  }

  /** At the deployment's own port on this machine: elsewhere, a workload of the same name belongs to another deployment. */
  private isRunByRuntime(): boolean {
    if (this.props.logs !== undefined) return false;
    const { hostname, port } = new URL(this.props.gateway.url);
    const { bind, port: ownPort } = this.settings.litellm;
    return ['localhost', '127.0.0.1', '[::1]', bind].includes(hostname) && Number(port) === ownPort;
  }
}
