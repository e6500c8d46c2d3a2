import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type AgentContext, renderAgentFiles } from '../../../../images/key-provisioner/src/agents';
import type { Agent } from '../../../../images/key-provisioner/src/configuration';

const NAMESPACE = join(__dirname, 'namespace.sh');
const WRAPPERS = join(__dirname, '../../../../images/contractor-workspace/bin');

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** A person's home and repository on this machine, with the files a workspace would hold; /etc as its clients see it. */
export class Workspace {
  readonly directory = mkdtempSync(join(tmpdir(), 'agents-'));
  readonly home = join(this.directory, 'home');
  readonly repository = join(this.home, 'repository');
  private environment: Record<string, string> = {};

  /** Writes what the key-provisioner would answer. */
  async configure(agents: readonly Agent[], context: Omit<AgentContext, 'home'>): Promise<void> {
    const rendered = renderAgentFiles(agents, { ...context, home: this.home });
    for (const { path, mode, content } of rendered.files) {
      const place = path.startsWith('/etc/') ? join(this.directory, path) : path;
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, content);
      await chmod(place, Number.parseInt(mode, 8));
    }
    this.environment = rendered.environment;
    await mkdir(this.repository, { recursive: true });
    await mkdir(join(this.directory, 'etc'), { recursive: true });
    await this.run('git', ['init', '--quiet']);
    await this.run('git', ['config', 'user.email', 'contractor@example.com']);
    await this.run('git', ['config', 'user.name', 'contractor']);
  }

  /** Puts files into the repository's folder, as an unpacked archive would. */
  async write(files: Record<string, string>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      const place = join(this.repository, path);
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, content, { mode: 0o755 });
    }
  }

  /** Puts files into the repository: what somebody hostile might have committed. */
  async commit(files: Record<string, string>): Promise<void> {
    await this.write(files);
    await this.run('git', ['add', '--all', '--force']);
    await this.run('git', ['commit', '--quiet', '--message', 'files']);
  }

  /** Runs a program in the repository; `timeout` in seconds ends it. */
  run(program: string, args: readonly string[], env: Record<string, string> = {}, timeout = 120): Promise<Outcome> {
    const unshare = process.getuid?.() === 0 ? ['--mount'] : ['--map-root-user', '--mount'];
    const child = spawn('unshare', [...unshare, NAMESPACE, join(this.directory, 'etc'), program, ...args], {
      cwd: this.repository,
      env: {
        PATH: `${WRAPPERS}:${process.env.PATH}`,
        HOME: this.home,
        TERM: 'dumb',
        LANG: 'C.UTF-8',
        ...this.environment,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), timeout * 1000);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(timer);
        resolve({ code, output });
      });
    });
  }

  remove(): Promise<void> {
    // A client that a test has ended may still write its last file.
    return rm(this.directory, { recursive: true, force: true, maxRetries: 10 });
  }
}
