import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { docker, dockerQuietly, type Machine, run } from './machine';

/** What stands around the workspaces of a test: platform-like services, this host, and a world outside it. */

/** Firewall rules and network namespaces need both. */
export const canShapeNetworks = process.getuid?.() === 0 && spawnSync('ip', ['-Version']).status === 0;

/** A program: HTTP servers on all addresses, on the ports it is given. */
export const SERVER = `const http = require("node:http");
  for (const port of process.argv.slice(1)) http.createServer((q, s) => s.end("ok")).listen(+port, "0.0.0.0");`;

/** Address of a container on one of its networks. */
export const address = (container: string, network: string) =>
  docker('inspect', '--format', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, container);
/** Address of this host on a network. */
export const gateway = (network: string) =>
  docker('network', 'inspect', '--format', '{{(index .IPAM.Config 0).Gateway}}', network);

/** HTTP servers under a platform's names, on its networks and ports. */
export function platform(name: string, { images }: Machine): void {
  docker('network', 'create', '--internal', `${name}-edge`);
  docker('network', 'create', '--internal', `${name}-gateway`);
  docker('network', 'create', '--internal', `${name}-database`);
  docker('network', 'create', `${name}-uplink`);
  const serve = (service: string, network: string, ...ports: number[]) =>
    docker(
      'run',
      '--detach',
      '--name',
      `${name}-${service}`,
      '--network',
      `${name}-${network}`,
      images.workspace,
      'node',
      '-e',
      SERVER,
      ...ports.map(String),
    );
  serve('edge', 'edge', 4000, 9000);
  serve('litellm', 'gateway', 4000);
  serve('key-provisioner', 'edge', 8100);
  serve('postgres', 'database', 5432);
  docker('network', 'connect', `${name}-database`, `${name}-litellm`);
  docker('network', 'connect', `${name}-uplink`, `${name}-litellm`);
  docker('network', 'connect', `${name}-gateway`, `${name}-edge`);
  docker('network', 'connect', `${name}-uplink`, `${name}-edge`);
}

/** Like {@link SERVER}, and appends what it is sent to the file that is its first argument. */
const LISTENER = `const http = require("node:http"), { appendFileSync } = require("node:fs");
  http.createServer((q, s) => { q.on("data", (piece) => appendFileSync(process.argv[1], piece)); q.on("end", () => s.end("ok")); })
    .listen(+process.argv[2], "0.0.0.0");`;

/** A machine beyond this host, played by a network namespace with an address of the documentation range. */
export class Outside {
  readonly target = ['198.51.100.2', 8080] as const;
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'outside-'));
  private readonly heard = path.join(this.directory, 'heard');
  private readonly name = `gwt${process.pid}`;
  private readonly server: ChildProcess;

  constructor() {
    const link = `gwo${process.pid}`.slice(0, 15);
    run('ip', ['netns', 'add', this.name]);
    run('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.name]);
    run('ip', ['address', 'add', '198.51.100.1/30', 'dev', link]);
    run('ip', ['link', 'set', link, 'up']);
    run('ip', ['-n', this.name, 'address', 'add', '198.51.100.2/30', 'dev', 'eth0']);
    run('ip', ['-n', this.name, 'link', 'set', 'eth0', 'up']);
    run('ip', ['-n', this.name, 'route', 'add', 'default', 'via', '198.51.100.1']);
    const command = ['netns', 'exec', this.name, process.execPath, '-e', LISTENER, this.heard, String(this.target[1])];
    writeFileSync(this.heard, '');
    this.server = spawn('ip', command, { stdio: 'ignore' });
    spawnSync('sleep', ['1']);
  }

  /** The bodies of all requests so far. */
  get received(): string {
    return readFileSync(this.heard, 'utf8');
  }

  remove(): void {
    this.server.kill();
    run('ip', ['netns', 'delete', this.name]);
    rmSync(this.directory, { recursive: true });
  }
}

export function removePlatform(name: string): void {
  for (const service of ['edge', 'litellm', 'key-provisioner', 'postgres'])
    dockerQuietly('rm', '--force', `${name}-${service}`);
  for (const network of ['edge', 'gateway', 'database', 'uplink']) dockerQuietly('network', 'rm', `${name}-${network}`);
}
