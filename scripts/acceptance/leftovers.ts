import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../runtime/problem';
import { run } from './terminal';

type Kind = 'container' | 'network' | 'volume';

/** What the story makes on a machine: removed at its end, or told. Nothing of another deployment is touched. */
export class Leftovers {
  private startedDaemon = false;

  constructor(
    private readonly root: string,
    private readonly home: string,
    /** Of the story's deployment: what its parts' names begin with. */
    private readonly name: string,
  ) {}

  /** Called before a Docker daemon may be started. */
  before(): void {
    this.startedDaemon = this.daemon('status').status !== 0;
  }

  /** @throws Problem where there is a deployment of this name, which the end of the story would remove */
  requireRoom(): void {
    const found = (['container', 'network', 'volume'] as const).flatMap((kind) => this.named(kind));
    if (found.length > 0) {
      throw new Problem(
        `a deployment called ${this.name} is on this machine (${found.slice(0, 3).join(', ')}${found.length > 3 ? ', …' : ''}); ` +
          'remove what KEEP=1 left of an earlier run (docker rm --force, docker network rm, docker volume rm), or rename it',
      );
    }
  }

  /** Removes what was made, unless `KEEP=1`; says what is kept. */
  remove(coder: { remove(): void } | undefined, keptImages: readonly string[]): void {
    if (process.env.KEEP) {
      console.log(`\nkept: ${this.home}, and containers called ${this.name}-*`);
      this.tellDaemon();
      return;
    }
    this.removeEach(['rm', '--force'], this.named('container'));
    this.removeEach(['network', 'rm'], this.named('network'));
    this.removeEach(['volume', 'rm'], this.named('volume'));
    // By name and without force: another deployment's image may be the same one, under its own name.
    const images = this.docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}').filter((image) =>
      image.startsWith(`${this.name}-key-provisioner:`),
    );
    this.removeEach(['image', 'rm'], images);
    coder?.remove();
    rmSync(this.home, { recursive: true, force: true });
    console.log(
      `\nkept for the next time: base images (docker image ls), ${keptImages.join(', ')}, and ${join(this.root, '.cache')}`,
    );
    if (this.startedDaemon) this.daemon('stop');
    this.tellDaemon();
  }

  private tellDaemon(): void {
    if (!this.startedDaemon) return;
    const [directory = ''] = this.daemon('directory').stdout.split('\n');
    const [size = '?'] = run('du', ['-sh', directory], { mayFail: true }).stdout.split('\t');
    const runs = process.env.KEEP ? 'still runs; scripts/docker-daemon.sh stop ends it' : 'is stopped';
    console.log(
      `the Docker daemon that this started ${runs}; its data, ${size}, is in ${directory}, and with it stopped, rm -rf ${directory} frees that`,
    );
  }

  private daemon(action: 'status' | 'stop' | 'directory') {
    return run(join(this.root, 'scripts/docker-daemon.sh'), [action], { mayFail: true });
  }

  private named(kind: Kind): string[] {
    const names =
      kind === 'container'
        ? this.docker('ps', '--all', '--format', '{{.Names}}')
        : this.docker(kind, 'ls', '--format', '{{.Name}}');
    return names.filter((name) => name.startsWith(`${this.name}-`));
  }

  private docker(...args: string[]): string[] {
    return run('docker', args, { mayFail: true }).stdout.split('\n').filter(Boolean);
  }

  private removeEach(command: readonly string[], names: readonly string[]): void {
    if (names.length > 0) run('docker', [...command, ...names], { mayFail: true });
  }
}
