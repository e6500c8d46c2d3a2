import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '../../../runtime/processes/ports';

const BIN = join(__dirname, '../../../images/contractor-workspace/bin');

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** A home on this machine in which the image's programs run, and a server in the key-provisioner's place. */
export class Workspace {
  readonly directory = mkdtempSync(join(tmpdir(), 'workspace-'));
  readonly home = join(this.directory, 'home');
  /** What the server saw: path, headers, parsed body. */
  readonly requests: { path: string; authorization: string | undefined; body: Record<string, unknown> }[] = [];
  /** The server's next answers; the last one is repeated. */
  answers: { status: number; body: unknown; headers?: Record<string, string> }[] = [];
  /** Where the workspace forwards to the gateway. */
  listenerPort = 0;
  private readonly server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { authorization } = request.headers;
    this.requests.push({ path: request.url ?? '', authorization, body: text ? JSON.parse(text) : {} });
    const answer = this.answers.length > 1 ? this.answers.shift()! : this.answers[0]!;
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(JSON.stringify(answer.body));
  });

  async open(): Promise<void> {
    mkdirSync(this.home, { recursive: true });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.listenerPort = await freePort();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    const listener = this.read('.local/state/ai-gateway/listener.pid');
    if (listener) process.kill(Number(listener));
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Runs one of the image's programs; `env` overrides what the template would pass. */
  async run(
    program: string,
    args: readonly string[] = [],
    env: Record<string, string> = {},
    cwd = this.home,
  ): Promise<Outcome> {
    const child = spawn(join(BIN, program), args, {
      cwd,
      env: { ...this.environment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    const [code] = await once(child, 'close');
    return { code, output };
  }

  start(env: Record<string, string> = {}, cwd?: string): Promise<Outcome> {
    return this.run('start-workspace', [], env, cwd);
  }

  /** A file of the home directory, or undefined. */
  read(path: string): string | undefined {
    const place = join(this.home, path);
    return existsSync(place) ? readFileSync(place, 'utf8') : undefined;
  }

  write(path: string, content: string): string {
    const place = join(this.home, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
    return place;
  }

  private environment(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.home,
      WORKSPACE_ETC_DIR: join(this.directory, 'etc'),
      WORKSPACE_SECRETS_DIR: join(this.directory, 'secrets'),
      GATEWAY_PROVISIONER_URL: this.url,
      GATEWAY_WORKSPACE_TOKEN: 'a-workspace-token',
      CODER_WORKSPACE_ID: 'workspace-1',
      GATEWAY_OWNER_ID: 'owner-1',
      CODER_WORKSPACE_OWNER_NAME: 'olivia',
      CODER_WORKSPACE_NAME: 'attic',
      GATEWAY_AGENTS: 'roo-code,opencode',
      GATEWAY_MODEL: 'claude-sonnet-4-5',
      GATEWAY_START_ATTEMPTS: '1',
      GATEWAY_LISTENER_PORT: String(this.listenerPort),
      // A port on which no editor of this machine answers.
      GATEWAY_EDITOR_PORT: '9',
      GIT_CONFIG_NOSYSTEM: '1',
    };
  }
}
