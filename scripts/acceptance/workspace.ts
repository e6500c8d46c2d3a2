import type { CoderServer, CoderWorkspace, Person } from '../../__tests__/deploy/coder/coder-server';
import { type RunOptions, run } from './terminal';

/** A person's workspace, driven with Coder's own command line. */
export class Workspace {
  private constructor(
    private readonly coder: CoderServer,
    private readonly owner: Person,
    private readonly project: string,
    private readonly workspace: CoderWorkspace,
  ) {}

  /** As its owner would create it: the template's choices left as they are. */
  static async create(coder: CoderServer, owner: Person, project: string, template: string): Promise<Workspace> {
    const name = 'dev';
    coder.cli(owner, 'create', name, '--template', template, '--use-parameter-defaults', '--yes');
    const workspace = new Workspace(coder, owner, project, await coder.workspaceOf(owner, name));
    await workspace.ready();
    return workspace;
  }

  get id(): string {
    return this.workspace.id;
  }

  get keyName(): string {
    return `workspace-${this.id}`;
  }

  get container(): string {
    return `${this.project}-ws-${this.id}`;
  }

  async restart(): Promise<void> {
    this.stop();
    await this.start();
  }

  async start(): Promise<void> {
    this.coder.cli(this.owner, 'start', this.workspace.name, '--yes');
    await this.ready();
  }

  stop(): void {
    this.coder.cli(this.owner, 'stop', this.workspace.name, '--yes');
  }

  /** Takes the template's active version, and another choice of model with it. */
  async update(model: string): Promise<void> {
    this.coder.cli(this.owner, 'update', this.workspace.name, '--parameter', `ai_model=${model}`);
    await this.ready();
  }

  delete(): void {
    this.coder.cli(this.owner, 'delete', this.workspace.name, '--yes');
  }

  /** Runs a command line over `coder ssh`, as the workspace's owner does. */
  ssh(command: string): string {
    return this.coder.cli(this.owner, 'ssh', this.workspace.name, '--', command);
  }

  /** Runs a command beside Coder, as somebody who watches from the host. */
  inside(command: readonly string[], options: RunOptions = {}) {
    return run('docker', ['exec', this.container, 'bash', '-lc', '"$@"', 'bash', ...command], options);
  }

  private async ready(): Promise<void> {
    const { lifecycle_state } = await this.coder.ready(this.owner, this.workspace.name);
    if (lifecycle_state !== 'ready') throw new Error(`the agent of ${this.workspace.name} is ${lifecycle_state}`);
  }
}
