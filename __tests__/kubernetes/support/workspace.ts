import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceToken } from '../../../images/key-provisioner/src/identity/workspace-token';
import { command } from '../../deploy/support/commands';
import type { KubernetesPlatform } from './platform';
import { IdlePod } from './pod';

interface Identity {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
}

/** A workspace made from the template as Coder makes it, with a script in the place of Coder's agent. */
export class KubernetesWorkspace {
  private readonly directory = mkdtempSync(join(tmpdir(), 'gateway-workspace-'));
  private readonly ownerId = randomUUID();

  constructor(
    private readonly platform: KubernetesPlatform,
    private readonly identity: Identity,
  ) {
    cpSync(platform.template(), this.directory, { recursive: true });
    this.terraform(['init', '-input=false', '-no-color'], 'start');
  }

  start = () => this.terraform(['apply', '-auto-approve', '-input=false', '-no-color'], 'start');
  stop(): void {
    this.terraform(['apply', '-auto-approve', '-input=false', '-no-color'], 'stop');
    this.kubectl('wait', '--for=delete', 'pod', '--timeout=90s', '-l', this.selector);
  }
  delete = () => this.terraform(['apply', '-destroy', '-auto-approve', '-input=false', '-no-color'], 'stop');

  /** What proves to the key-provisioner who asks. */
  token = (): string =>
    workspaceToken(this.platform.secrets.workspace_identity_secret, {
      workspace_id: this.identity.id,
      owner_id: this.ownerId,
      username: this.identity.owner,
    });

  get id(): string {
    return this.identity.id;
  }

  private get selector(): string {
    return `com.coder.workspace.id=${this.identity.id}`;
  }

  pods = () =>
    this.platform.cluster.json<{ items: { metadata: { name: string } }[] }>(
      ...['get', 'pods', '-n', this.platform.workspaces, '-l', this.selector],
    ).items;

  pod(): { metadata: { name: string } } {
    const [pod] = this.pods();
    if (!pod) throw new Error('the workspace has no pod');
    return pod;
  }

  /** The stand-in has no editor that would make it ready. */
  untilRunning(): void {
    this.kubectl('wait', '--for=create', 'pod', '--timeout=60s', '-l', this.selector);
    this.kubectl('wait', '--for=jsonpath={.status.phase}=Running', 'pod', '--timeout=120s', '-l', this.selector);
    // The policies of the cluster hold for it within seconds.
    command('sleep', ['5']);
  }

  exec = (...words: string[]): string => this.inside().exec(...words);
  fetch = (method: string, url: string, key = ''): string => this.inside().fetch(method, url, key);
  connect = (targets: readonly (readonly [string, number])[]): string[] => this.inside().connect(targets);

  /** Asks the key-provisioner as the start script does, with what the workspace has in its environment: `/api/v1/…` → what it answers. */
  ask(path: string, more: object = {}): Record<string, unknown> {
    const program = `const env = process.env;
      fetch(env.GATEWAY_PROVISIONER_URL + process.argv[1], {method: "POST",
        headers: {authorization: "Bearer " + env.GATEWAY_WORKSPACE_TOKEN, "content-type": "application/json"},
        body: JSON.stringify({workspace_id: env.CODER_WORKSPACE_ID, owner_id: env.GATEWAY_OWNER_ID,
          username: env.CODER_WORKSPACE_OWNER_NAME, ...JSON.parse(process.argv[2])})})
      .then(async (r) => console.log(await r.text()), (e) => console.log(JSON.stringify({error: String(e.cause ?? e)})))`;
    return JSON.parse(this.exec('node', '-e', program, path, JSON.stringify(more)));
  }

  private inside = () => new IdlePod(this.platform.cluster, this.platform.workspaces, this.pod().metadata.name);
  private kubectl = (...args: string[]) => this.platform.cluster.kubectl(...args, '-n', this.platform.workspaces);

  private terraform(args: readonly string[], transition: 'start' | 'stop'): void {
    const { id, name, owner } = this.identity;
    const env: NodeJS.ProcessEnv = {
      ...this.platform.cluster.env,
      TF_VAR_workspace_identity_secret: this.platform.secrets.workspace_identity_secret,
      TF_VAR_use_kubeconfig: 'true',
      CODER_AGENT_URL: 'http://localhost:7080',
      CODER_AGENT_SCRIPT_linux_amd64: 'exec sleep infinity',
      CODER_AGENT_SCRIPT_linux_arm64: 'exec sleep infinity',
      CODER_WORKSPACE_TRANSITION: transition,
      CODER_WORKSPACE_ID: id,
      CODER_WORKSPACE_NAME: name,
      CODER_WORKSPACE_OWNER: owner,
      CODER_WORKSPACE_OWNER_ID: this.ownerId,
      CODER_WORKSPACE_OWNER_NAME: 'Some "Body" $HOME $$ $(HOME)',
      CODER_WORKSPACE_OWNER_EMAIL: `${owner}@example.com`,
      CODER_WORKSPACE_OWNER_GROUPS: '[]',
      CODER_WORKSPACE_OWNER_RBAC_ROLES: '[]',
    };
    const { status, stdout, stderr } = command('terraform', [`-chdir=${this.directory}`, ...args], { env });
    if (status !== 0) throw new Error(stdout + stderr);
  }
}
