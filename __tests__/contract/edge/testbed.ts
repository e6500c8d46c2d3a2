import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../../runtime/processes/ports';
import type { BodyClass } from '../../../workloads/body-limits';
import { edgeConfiguration } from '../../../workloads/edge-configuration';
import { sendCommand } from '../support/harness';

export const HOST = '127.0.0.1';

export interface RunningEdge {
  readonly port: number;
  readonly healthPort: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The real Envoy with the deployed configuration, in front of whatever listens on a port, or on one of several. */
export async function startEdge(
  upstream: number | readonly number[],
  classes: readonly BodyClass[],
  requestTimeoutSeconds = 900,
): Promise<RunningEdge> {
  const upstreams = typeof upstream === 'number' ? [upstream] : upstream;
  const { program } = await sendCommand<{ program: string }>('POST', '/envoy');
  const [port = 0, healthPort = 0] = await freePorts(2);
  const directory = mkdtempSync(join(tmpdir(), 'edge-'));
  const file = join(directory, 'envoy.json');
  const configuration = edgeConfiguration({
    listen: { host: HOST, port },
    healthPort,
    litellm: upstreams.map((upstream) => ({ host: HOST, port: upstream })),
    requestTimeoutSeconds,
    classes,
  });
  writeFileSync(file, configuration);
  const child = spawn(program, ['-c', file, '--concurrency', '1', '--disable-hot-restart', '--log-level', 'warning'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  for (let tries = 0; !(await listens(healthPort)); tries += 1) {
    if (tries > 600 || child.exitCode !== null) throw new Error(`Envoy did not come up (exit ${child.exitCode})`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    port,
    healthPort,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(directory, { recursive: true });
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, HOST, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A connection of a test's own, to send bytes when it likes. */
export class Client {
  answer = '';
  private readonly socket: net.Socket;
  private readonly ended: Promise<void>;

  constructor(port: number) {
    this.socket = net.connect(port, HOST);
    this.ended = new Promise((resolve) => this.socket.once('close', () => resolve()).once('error', () => resolve()));
    this.socket.on('data', (chunk) => {
      this.answer += chunk.toString('latin1');
    });
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** The head of a request whose body may follow. */
  head(method: string, target: string, headers: Record<string, string | number> = {}): void {
    const lines = Object.entries({ host: 'gateway', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.send(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`);
  }

  /** Resolves with the answer once its head is complete, or the connection is closed. */
  async answered(): Promise<string> {
    const complete = async () => {
      while (!this.answer.includes('\r\n\r\n')) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await Promise.race([complete(), this.ended]);
    return this.answer;
  }

  close(): void {
    this.socket.destroy();
    this.answer += '\r\n\r\n'; // whoever waits for an answer stops
  }
}
