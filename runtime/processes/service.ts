import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GuardedProcess, type GuardOptions, startGuarded } from './guarded';

export interface ServiceOptions extends Omit<GuardOptions, 'stdio'> {
  /** Where its output is appended. */
  readonly logFile: string;
}

/** A service that ended or stayed silent while it should have started, with the end of its log. */
export class ServiceFailed extends Error {
  override readonly name = 'ServiceFailed';

  constructor(
    readonly service: string,
    readonly reason: string,
    readonly logFile: string,
    readonly log: string,
  ) {
    super(`${service} ${reason}, see ${logFile}${log ? `; its last lines:\n${log}` : ''}`);
  }
}

/** A long-running process that logs to a file. */
export class Service {
  private readonly exited: Promise<void>;

  private constructor(
    readonly name: string,
    private readonly logFile: string,
    private readonly guarded: GuardedProcess,
  ) {
    const { child } = guarded;
    this.exited = new Promise((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
  }

  static start(name: string, command: string, args: readonly string[], options: ServiceOptions): Service {
    const { logFile, ...rest } = options;
    const log = openSync(logFile, 'a', 0o600);
    try {
      return new Service(name, logFile, startGuarded(command, args, { ...rest, stdio: ['ignore', log, log] }));
    } finally {
      closeSync(log);
    }
  }

  /** A process that something else started, to be ended like one of {@link start}. */
  static adopt(name: string, logFile: string, guarded: GuardedProcess): Service {
    return new Service(name, logFile, guarded);
  }

  get pid(): number {
    return this.guarded.child.pid ?? 0;
  }

  get isRunning(): boolean {
    const { pid, exitCode, signalCode } = this.guarded.child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** Resolves when the process has ended, for whatever reason. */
  get ended(): Promise<void> {
    return this.exited;
  }

  /**
   * Polls until `isReady` holds.
   *
   * @throws ServiceFailed when the process ends or time runs out
   */
  async waitUntil(isReady: () => Promise<boolean>, timeoutSeconds: number, signal?: AbortSignal): Promise<void> {
    const deadline = Date.now() + timeoutSeconds * 1000;
    while (!(await isReady().catch(() => false))) {
      signal?.throwIfAborted();
      if (!this.isRunning) throw this.failed('ended while starting');
      if (Date.now() > deadline) throw this.failed(`was not ready after ${timeoutSeconds} s`);
      await sleep(100);
    }
  }

  /** Asks the process to end and resolves when it has. */
  async stop(): Promise<void> {
    this.guarded.release();
    if (this.isRunning) await this.exited;
  }

  /** Ends the process at once, as a crash would. */
  async kill(): Promise<void> {
    if (!this.isRunning) return;
    this.guarded.kill();
    await this.exited;
  }

  private failed(reason: string): ServiceFailed {
    const log = existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8').trim().slice(-3000) : '';
    return new ServiceFailed(this.name, reason, this.logFile, log);
  }
}
