import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GuardedProcess, type GuardOptions, startGuarded } from './guarded';

const POLL_INTERVAL_MS = 100;

export interface ServiceOptions extends Omit<GuardOptions, 'stdio'> {
  /** Where its output is appended. */
  readonly logFile: string;
}

/** A service that ended or was not ready in time, with the end of what this start of it logged. */
export class ServiceFailed extends Error {
  override readonly name: string = 'ServiceFailed';

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
    /** Bytes of the log that earlier starts wrote. */
    private readonly logOffset: number,
    private readonly guarded: GuardedProcess,
  ) {
    const { child } = guarded;
    this.exited = new Promise((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
  }

  static start(name: string, command: string, args: readonly string[], options: ServiceOptions): Service {
    const { logFile, ...rest } = options;
    const log = openSync(logFile, 'a', 0o600);
    try {
      const offset = statSync(logFile).size;
      return new Service(name, logFile, offset, startGuarded(command, args, { ...rest, stdio: ['ignore', log, log] }));
    } finally {
      closeSync(log);
    }
  }

  /** A process that something else started, to be ended like one of {@link start}. */
  static adopt(name: string, logFile: string, guarded: GuardedProcess): Service {
    const logged = existsSync(logFile) ? statSync(logFile).size : 0;
    return new Service(name, logFile, logged, guarded);
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
   * Polls until `isReady` holds. A check that never settles delays no other outcome; its signal aborts with the wait.
   *
   * @throws ServiceFailed when the process ends or time runs out
   */
  async waitUntil(
    isReady: (signal: AbortSignal) => Promise<boolean>,
    timeoutSeconds: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const waiting = new AbortController();
    const poll = async () => {
      while (!waiting.signal.aborted && !(await isReady(waiting.signal).catch(() => false)))
        await sleep(POLL_INTERVAL_MS);
    };
    const exit = this.exited.then(() => {
      throw this.failure('ended while starting');
    });
    const timeout = sleep(timeoutSeconds * 1000, undefined, { signal: waiting.signal }).then(() => {
      throw this.failure(`was not ready after ${timeoutSeconds} s`);
    });
    try {
      signal?.throwIfAborted();
      await Promise.race([poll(), exit, timeout, ...(signal ? [rejectedOnAbort(signal, waiting.signal)] : [])]);
    } finally {
      waiting.abort();
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

  /** An error about this start of the service, with what it logged. */
  failure(reason: string): ServiceFailed {
    const log = existsSync(this.logFile) ? readFileSync(this.logFile).subarray(this.logOffset).toString() : '';
    return new ServiceFailed(this.name, reason, this.logFile, log.trim().slice(-3000));
  }
}

/** Rejects with the signal's reason; its listener goes when the waiting is over. */
function rejectedOnAbort(signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: over }),
  );
}
