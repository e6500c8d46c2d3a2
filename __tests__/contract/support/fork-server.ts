import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type GuardedProcess, startGuarded } from '../../../runtime/processes/guarded';
import { Service } from '../../../runtime/processes/service';
import { LiteLLM, type LiteLLMOptions } from '../../../runtime/services/litellm';

const PROGRAM = join(__dirname, 'litellm_fork_server.py');
const GRACE_MS = 10_000;
/** What each gateway has its own of, and LiteLLM reads when its server starts. */
const PER_GATEWAY = /KEY|SECRET|TOKEN|DATABASE_URL/;

type Environment = Readonly<Record<string, string | undefined>>;

interface ForkOptions {
  readonly arguments: readonly string[];
  readonly environment: Environment;
  readonly directory: string;
  readonly log: string;
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
        const { ready, id = '', pid } = JSON.parse(line) as { ready?: boolean; id?: string; pid?: number };
        if (ready) resolve();
        else if (pid) this.forks.get(id)?.hasBegun(pid);
        else this.forks.get(id)?.hasEnded();
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

  hasEnded(): void {
    if (this.exitCode !== null) return;
    this.signal('SIGKILL', -1); // whatever it left behind
    this.exitCode = 0;
    this.emit('exit', 0, null);
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
