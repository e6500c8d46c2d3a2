import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The real HAProxy, if this machine has one. */
export const haproxy = ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy'].find(
  (binary) => spawnSync(binary, ['-v']).status === 0,
);

/** A service that notes what reaches it, byte for byte, and answers every request with its name. */
export class Recorder {
  readonly received: string[] = [];
  /** How the next requests are answered. */
  answer = (socket: net.Socket): void => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${this.name.length}\r\n\r\n${this.name}`);
  };
  private readonly server: net.Server;

  constructor(
    readonly name: string,
    readonly port: number,
  ) {
    this.server = net.createServer((socket) => {
      let text = '';
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        if (!text.includes('\r\n\r\n')) return;
        this.received.push(text);
        text = '';
        this.answer(socket);
      });
    });
  }

  /** First lines of all requests. */
  get targets(): string[] {
    return this.received.map((request) => request.slice(0, request.indexOf('\r\n')));
  }

  async listen(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async close(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }
}

/**
 * Has a service answer in two pieces, `first` and `last`, and reads them at `url`. The service gives the second only when the
 * first has arrived, so that whoever between them waits for the end waits for ever.
 */
export async function answeredInPieces(service: Recorder, url: string): Promise<string[]> {
  const usual = service.answer;
  let finish = () => {};
  service.answer = (socket) => {
    socket.write(
      'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n',
    );
    finish = () => socket.write('4\r\nlast\r\n0\r\n\r\n');
  };
  const { body } = await fetch(url, { method: 'POST', body: '{}' });
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const piece = async () => Buffer.from((await reader.read()).value ?? []).toString();
  const first = await piece();
  finish();
  const last = await piece();
  service.answer = usual;
  return [first, last];
}

/** Runs HAProxy on a configuration until `stop`. */
export async function startHaproxy(configuration: string, port: number): Promise<{ stop(): Promise<void> }> {
  const directory = mkdtempSync(path.join(tmpdir(), 'door-'));
  const file = path.join(directory, 'haproxy.cfg');
  writeFileSync(file, configuration);
  const child: ChildProcess = spawn(haproxy as string, ['-db', '-f', file], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  for (let tries = 0; (await send(port, 'GET /none HTTP/1.1\r\nHost: a\r\n\r\n')) === ''; tries += 1) {
    if (tries > 600 || child.exitCode !== null) throw new Error(`HAProxy did not come up (exit ${child.exitCode})`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(directory, { recursive: true });
    },
  };
}

/** Sends bytes as they are and returns all that comes back until the other side closes, or is silent for a moment after its first word. */
export async function send(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    const finish = () => {
      socket.destroy();
      resolve(answer);
    };
    // A busy machine may take its time for the first word.
    socket.setTimeout(10_000, finish);
    socket.on('data', (chunk) => {
      socket.setTimeout(300);
      answer += chunk.toString('latin1');
    });
    socket.on('end', finish);
    socket.on('error', finish);
  });
}

/** Status of one answer, such as 404; 0 where the connection was closed without one. */
export const statusOf = (answer: string): number => Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? 0);
