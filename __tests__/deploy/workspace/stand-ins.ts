import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StandInWorkspace } from '../../contract/key-provisioner/stand-in-coder';
import type { Recorded } from '../../contract/support/scripted-anthropic/scripted-anthropic';
import { docker, dockerQuietly, run } from './machine';

/** The token that the Coder in {@link StandIns} accepts. */
export const CODER_TOKEN = 'coder-service-token-for-tests';

/**
 * What a deployed platform finds outside of itself in a test: a scripted model provider and a Coder API, in one container on
 * its network with a way out (`stand-in-server.ts`). Both are stand-ins: nothing here is a claim about them.
 */
export class StandIns {
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'stand-ins-'));
  private readonly container: string;
  private readonly known: Record<string, StandInWorkspace> = {};

  constructor(private readonly platform: string) {
    this.container = `${platform}-stand-ins`;
  }

  get anthropic(): string {
    return `http://${this.container}:4100`;
  }
  get coder(): string {
    return `http://${this.container}:7080`;
  }

  /** Once the platform's networks are there. */
  start(nodeImage: string): void {
    const program = path.join(this.directory, 'stand-ins.js');
    const options = ['--bundle', '--platform=node', `--outfile=${program}`, '--log-level=error'];
    run('npx', ['--no-install', 'esbuild', '__tests__/deploy/workspace/stand-in-server.ts', ...options]);
    this.say();
    docker(
      ...['run', '--detach', '--name', this.container, '--network', `${this.platform}-uplink`],
      ...['--publish', '127.0.0.1:0:4100', '--volume', `${this.directory}:/state:ro`],
      ...['--entrypoint', 'node', nodeImage, '/state/stand-ins.js'],
    );
  }

  /** Tells Coder of a workspace, or what became of it. */
  tellCoder(workspace: { id: string; ownerId: string }, transition: StandInWorkspace['transition']): void {
    const status = { start: 'running', stop: 'stopped', delete: 'deleted' }[transition];
    this.known[workspace.id] = { owner_id: workspace.ownerId, transition, status };
    this.say();
  }

  /** What reached the provider since the last time. */
  async takeRequests(): Promise<Recorded[]> {
    const port = docker('port', this.container, '4100/tcp').split(':').pop();
    const response = await fetch(`http://127.0.0.1:${port}/requests`, {
      method: 'DELETE',
      headers: { connection: 'close' },
    });
    return (await response.json()) as Recorded[];
  }

  /** Before the platform goes, whose network it is on. */
  remove(): void {
    dockerQuietly('rm', '--force', this.container);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** In one step: the container reads the file whenever it changes, and half of it is no JSON. */
  private say(): void {
    const file = path.join(this.directory, 'workspaces.json');
    writeFileSync(`${file}.new`, JSON.stringify(this.known));
    renameSync(`${file}.new`, file);
  }
}
