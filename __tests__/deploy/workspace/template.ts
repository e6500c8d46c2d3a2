import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import type { SettingsInput } from '../../../settings/schema';
import { docker, type Machine, run } from './machine';

/** The exported template of one deployment, and workspaces made from it as Coder makes them. */
export class Template {
  readonly name: string;
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'template-'));
  private readonly workspaces: Workspace[] = [];

  constructor(
    readonly machine: Machine,
    settings: SettingsInput = {},
    readonly secret: string = randomBytes(32).toString('base64url'),
  ) {
    this.name = settings.name ?? `gwt-${randomBytes(3).toString('hex')}`;
    const file = path.join(this.directory, 'gateway.yaml');
    writeFileSync(
      file,
      stringify({
        name: this.name,
        providers: { anthropic: { credentials: 'variable' } },
        ...settings,
        // The platform's stack is synthesized too; nothing of it is built here.
        images: { key_provisioner: 'unused:1', ...machine.images, ...settings.images },
      }),
    );
    run('scripts/template.sh', [this.exported], { env: { ...process.env, GATEWAY_SETTINGS: file } });
  }

  get exported(): string {
    return path.join(this.directory, 'template');
  }

  workspace(options: WorkspaceOptions): Workspace {
    const workspace = new Workspace(this, path.join(this.directory, options.name), options);
    this.workspaces.push(workspace);
    return workspace;
  }

  /** Deletes every workspace that is left. */
  remove(): void {
    for (const workspace of this.workspaces) workspace.delete();
    rmSync(this.directory, { recursive: true });
  }
}

export interface WorkspaceOptions {
  readonly name: string;
  readonly owner: string;
  /** @default - a new one */
  readonly id?: string;
}

/** One workspace: a Terraform directory and state of its own, planned with the environment Coder's provisioner sets. */
export class Workspace {
  readonly id: string;
  readonly ownerId: string = randomUUID();
  private initialized = false;

  constructor(
    private readonly template: Template,
    private readonly directory: string,
    private readonly options: WorkspaceOptions,
  ) {
    this.id = options.id ?? randomUUID();
    cpSync(template.exported, directory, { recursive: true });
  }

  get container(): string {
    return `${this.template.name}-ws-${this.id}`;
  }
  get door(): string {
    return `${this.template.name}-door-${this.id}`;
  }
  get volume(): string {
    return `${this.template.name}-home-${this.id}`;
  }
  get state(): string {
    return readFileSync(path.join(this.directory, 'terraform.tfstate'), 'utf8');
  }

  start(parameters: Readonly<Record<string, string>> = {}, environment: NodeJS.ProcessEnv = {}): void {
    this.terraform(['apply', '-auto-approve'], 'start', parameters, environment);
  }
  stop(): void {
    this.terraform(['apply', '-auto-approve'], 'stop');
  }
  delete(): void {
    if (this.initialized) this.terraform(['apply', '-destroy', '-auto-approve'], 'stop');
  }

  /** Runs a program inside. */
  exec(...command: string[]): string {
    return docker('exec', this.container, ...command);
  }

  /** Status of a request from inside, or the reason there was none (`ENOTFOUND`, `TIMEOUT`, …). */
  fetch(method: string, url: string): string {
    const program = `fetch(process.argv[2], {method: process.argv[1], signal: AbortSignal.timeout(4000)}).then(
      (r) => console.log(r.status), (e) => console.log(e.cause?.code ?? e.name))`;
    return this.exec('node', '-e', program, method, url);
  }

  /** Per target `open`, or why a connection from inside does not come about. All are tried at once. */
  connect(targets: readonly (readonly [host: string, port: number])[]): string[] {
    const program = `const connect = ([host, port]) => new Promise((resolve) => {
        const socket = require("node:net").connect({ host, port }, () => resolve("open"));
        socket.on("error", (error) => resolve(error.code));
        setTimeout(resolve, 2500, "timeout");
      });
      Promise.all(JSON.parse(process.argv[1]).map(connect)).then((all) => { console.log(JSON.stringify(all)); process.exit(); });`;
    return JSON.parse(this.exec('node', '-e', program, JSON.stringify(targets)));
  }

  private terraform(
    args: readonly string[],
    transition: 'start' | 'stop',
    parameters: Readonly<Record<string, string>> = {},
    environment: NodeJS.ProcessEnv = {},
  ): void {
    const env: NodeJS.ProcessEnv = {
      ...this.template.machine.terraform,
      TF_VAR_workspace_identity_secret: this.template.secret,
      CODER_AGENT_URL: 'http://localhost:7080',
      CODER_AGENT_SCRIPT_linux_amd64: 'exec sleep infinity',
      CODER_AGENT_SCRIPT_linux_arm64: 'exec sleep infinity',
      CODER_WORKSPACE_TRANSITION: transition,
      CODER_WORKSPACE_ID: this.id,
      CODER_WORKSPACE_NAME: this.options.name,
      CODER_WORKSPACE_OWNER: this.options.owner,
      CODER_WORKSPACE_OWNER_ID: this.ownerId,
      CODER_WORKSPACE_OWNER_NAME: 'Some "Body" $HOME',
      CODER_WORKSPACE_OWNER_EMAIL: `${this.options.owner}@example.com`,
      CODER_WORKSPACE_OWNER_GROUPS: '[]',
      CODER_WORKSPACE_OWNER_RBAC_ROLES: '[]',
      ...Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [
          `CODER_PARAMETER_${createHash('sha256').update(name).digest('hex')}`,
          value,
        ]),
      ),
      ...environment,
    };
    const options = { cwd: this.directory, env };
    if (!this.initialized) run('terraform', ['init', '-input=false', '-no-color'], options);
    this.initialized = true;
    run('terraform', [...args, '-input=false', '-no-color'], options);
  }
}
