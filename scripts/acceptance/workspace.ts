import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunOptions, run } from './terminal';

/** A workspace as Coder drives it: the exported template, its own state, Coder's documented environment variables. */
export class Workspace {
  readonly id = randomUUID();
  readonly ownerId = randomUUID();
  private readonly directory: string;

  constructor(
    template: string,
    parent: string,
    private readonly coderState: string,
    private readonly identitySecret: string,
    private readonly project: string,
    readonly owner = 'casey',
  ) {
    this.directory = join(parent, `workspace-${this.id}`);
    mkdirSync(this.directory, { recursive: true });
    cpSync(template, this.directory, { recursive: true });
    run('terraform', ['init', '-input=false'], { cwd: this.directory });
  }

  get keyName(): string {
    return `workspace-${this.id}`;
  }

  get container(): string {
    return `${this.project}-ws-${this.id}`;
  }

  start(): void {
    this.tellCoder('start', 'running');
    this.apply('start');
    // The agent would run this; Coder's agent binary comes from a Coder server only.
    this.inside(['start-workspace'], { timeout: 300 });
  }

  stop(): void {
    this.apply('stop');
    this.tellCoder('stop', 'stopped');
  }

  delete(): void {
    run('terraform', ['destroy', '-auto-approve', '-input=false'], {
      cwd: this.directory,
      env: this.environment('stop'),
    });
    this.tellCoder('delete', 'deleted');
  }

  /** Runs a command as the person in the workspace would, in a login shell. */
  inside(command: readonly string[], options: RunOptions = {}) {
    return run('docker', ['exec', this.container, 'bash', '-lc', '"$@"', 'bash', ...command], options);
  }

  private apply(transition: 'start' | 'stop'): void {
    run('terraform', ['apply', '-auto-approve', '-input=false'], {
      cwd: this.directory,
      env: this.environment(transition),
    });
  }

  private environment(transition: 'start' | 'stop'): Record<string, string> {
    return {
      CODER_AGENT_URL: 'http://localhost:7080',
      CODER_WORKSPACE_TRANSITION: transition,
      CODER_WORKSPACE_ID: this.id,
      CODER_WORKSPACE_NAME: 'acceptance',
      CODER_WORKSPACE_OWNER: this.owner,
      CODER_WORKSPACE_OWNER_ID: this.ownerId,
      CODER_AGENT_SCRIPT_linux_amd64: 'exec sleep infinity',
      TF_VAR_workspace_identity_secret: this.identitySecret,
    };
  }

  private tellCoder(transition: string, status: string): void {
    const known = JSON.parse(readFileSync(this.coderState, 'utf8')) as Record<string, unknown>;
    writeFileSync(
      this.coderState,
      JSON.stringify({ ...known, [this.id]: { owner_id: this.ownerId, transition, status } }),
    );
  }
}
