import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type GuardedProcess, startGuarded } from '../../../runtime/processes/guarded';
import { Service } from '../../../runtime/processes/service';
import { LiteLLM, type LiteLLMOptions } from '../../../runtime/services/litellm';

const PROGRAM = join(__dirname, 'litellm_fork_server.py');
const GRACE_MS = 10_000;
/** What each gateway has its own of, and LiteLLM reads when its server starts. */
const PER_GATEWAY = /KEY|SECRET|TOKEN|DATABASE_URL|GRACEFUL_SHUTDOWN/;

type Environment = Readonly<Record<string, string | undefined>>;

interface ForkOptions {
  readonly arguments: readonly string[];
  readonly environment: Environment;
  readonly directory: string;
  readonly log: string;
}

/** What the fork server says. */
interface Message {
  readonly ready?: boolean;
  readonly id?: string;
  readonly pid?: number;
  /** Exit status, negative for a signal. */
  readonly ended?: number;
}

/** A start of LiteLLM that is expected to end by itself. */
export interface LiteLLMRun {
  /** Path of its `config.yaml`. */
  readonly config: string;
  /** Added to the gateway's environment. */
  readonly env: Readonly<Record<string, string>>;
}

export interface LiteLLMEnd {
  /** Exit status, negative for a signal. */
  readonly status: number;
  /** Standard output and error. */
  readonly output: string;
}

/** A process that has imported LiteLLM, of which each gateway is a fork: litellm_fork_server.py. */
export class ForkServer {
  private readonly forks = new Map<string, Fork>();
  private ready: Promise<void> | undefined;
  private process: GuardedProcess | undefined;
  private common: string | undefined;

  /** @param venv - the virtual environment that holds LiteLLM */
  constructor(private readonly venv: string) {}

  /** Whether a gateway with this environment would find everything that LiteLLM reads while it is imported. */
  serves(environment: Environment, directory: string): boolean {
    if (process.platform !== 'linux') return false;
    const common = JSON.stringify(commonPart(environment, directory));
    this.common ??= common;
    return this.common === common;
  }

  /** Starts LiteLLM's program; its process is there once LiteLLM has been imported. */
  fork(options: ForkOptions): GuardedProcess {
    const id = randomBytes(6).toString('hex');
    const fork = new Fork();
    this.forks.set(id, fork);
    this.ready ??= this.open(options.environment);
    this.ready.then(
      () => this.process?.child.stdin?.write(`${JSON.stringify({ id, ...options })}\n`),
      () => fork.hasEnded(),
    );
    return fork.guarded;
  }

  /** Ends it, and whatever it has started. */
  stop(): void {
    this.process?.release();
  }

  private open(environment: Environment): Promise<void> {
    const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !PER_GATEWAY.test(name)));
    const program = startGuarded(join(this.venv, 'bin/python'), ['-u', PROGRAM], { env, stdio: ['pipe', 'pipe', 2] });
    this.process = program;
    return new Promise((resolve, reject) => {
      program.child.once('exit', (status) => {
        reject(new Error(`LiteLLM could not be imported (exit ${status})`));
        for (const fork of this.forks.values()) fork.hasEnded();
      });
      if (!program.child.stdout) return;
      createInterface({ input: program.child.stdout }).on('line', (line) => {
        const { ready, id = '', pid, ended } = JSON.parse(line) as Message;
        if (ready) resolve();
        else if (pid) this.forks.get(id)?.hasBegun(pid);
        else this.forks.get(id)?.hasEnded(ended);
      });
    });
  }
}

/** One gateway's process, in the form of a child of this one. */
class Fork extends EventEmitter {
  /** 0 until the process is there. */
  pid = 0;
  exitCode: number | null = null;
  readonly signalCode = null;
  private stopping = false;

  /** As {@link startGuarded} answers; the fork server is what ties it to this process. */
  readonly guarded: GuardedProcess = {
    child: this as unknown as ChildProcess,
    release: () => this.release(),
    kill: () => this.signal('SIGKILL', -1),
  };

  hasBegun(pid: number): void {
    this.pid = pid;
    if (this.stopping) this.signal('SIGKILL', -1);
  }

  /** @param status - exit status; unknown where the fork server itself has ended */
  hasEnded(status = 1): void {
    if (this.exitCode !== null) return;
    this.signal('SIGKILL', -1); // whatever it left behind
    this.exitCode = status;
    this.emit('exit', status, null);
  }

  private release(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.signal('SIGTERM', 1);
    setTimeout(() => this.exitCode === null && this.signal('SIGKILL', -1), GRACE_MS).unref();
  }

  /** @param scope - 1: the process, -1: its whole group, in which the database's query engine is, too */
  private signal(signal: NodeJS.Signals, scope: 1 | -1): void {
    if (this.pid === 0) return;
    try {
      process.kill(scope * this.pid, signal);
    } catch {
      // Nothing is left of it.
    }
  }
}

/** A gateway's environment without what is its own: credentials, and places in its directory. */
function commonPart(environment: Environment, directory: string): [string, string | undefined][] {
  return Object.entries(environment)
    .filter(([name, value]) => !PER_GATEWAY.test(name) && !value?.includes(directory))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** LiteLLM as {@link LiteLLM} starts it, but forked from one that has imported it already, where that makes no difference to it. */
export class ForkedLiteLLM extends LiteLLM {
  constructor(
    private readonly forkServer: ForkServer,
    private readonly forked: LiteLLMOptions,
  ) {
    super(forked);
  }

  /** Starts LiteLLM's program once more, beside the gateway's own, and waits until it ends by itself. */
  async runOnce({ config, env }: LiteLLMRun): Promise<LiteLLMEnd> {
    const directory = mkdtempSync(join(this.forked.directory, 'run-'));
    const log = join(directory, 'litellm.log');
    const { child } = this.forkServer.fork({
      arguments: ['--config', config, '--host', '127.0.0.1', '--port', String(this.forked.port)],
      environment: { ...this.rendered().environment, ...env },
      directory,
      log,
    });
    const [status] = (await once(child, 'exit')) as [number];
    return { status, output: readFileSync(log, 'utf8') };
  }

  protected override launch(): Service {
    const { directory, logFile, port } = this.forked;
    const { arguments: args, environment } = this.rendered();
    if (!this.forkServer.serves(environment, directory)) return super.launch();
    const process = this.forkServer.fork({
      arguments: [...args, '--host', '127.0.0.1', '--port', String(port)],
      environment,
      directory: dirname(logFile),
      log: logFile,
    });
    return Service.adopt('LiteLLM', logFile, process);
  }
}
