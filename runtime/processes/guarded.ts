import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Given as text, so that a user who cannot read this directory can run it. */
const GUARD = readFileSync(join(__dirname, 'guard.sh'), 'utf8');
const LIFELINE = 3;

export interface GuardOptions {
  /** The whole environment of the process; nothing is inherited. */
  readonly env: Record<string, string | undefined>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Standard input, output and error, as `spawn` takes them. */
  readonly stdio: ['ignore' | 'pipe', 'pipe' | number, 'pipe' | number];
  /** How the process is asked to end. @default SIGTERM */
  readonly stopSignal?: NodeJS.Signals;
  /** Seconds between that and SIGKILL. @default 10 */
  readonly graceSeconds?: number;
}

/** A child process that cannot outlive this one, however this one ends. */
export interface GuardedProcess {
  readonly child: ChildProcess;
  /** Asks the process to end; it and everything in its process group is gone after the grace period. */
  release(): void;
  /** Ends them at once. */
  kill(): void;
}

/** Starts a command in a process group of its own (out of reach of Ctrl-C), tied to this process by a lifeline. */
export function startGuarded(command: string, args: readonly string[], options: GuardOptions): GuardedProcess {
  const { stopSignal = 'SIGTERM', graceSeconds = 10, stdio, ...rest } = options;
  const guarded = ['-c', GUARD, 'guard', stopSignal.replace(/^SIG/, ''), String(graceSeconds), command, ...args];
  const child = spawn('/bin/sh', guarded, { ...rest, stdio: [...stdio, 'pipe'], detached: true });
  const lifeline = child.stdio[LIFELINE];
  lifeline?.on('error', () => {});
  const release = () => void lifeline?.destroy();
  const kill = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Nothing is left of it.
    }
  };
  child.once('exit', () => {
    kill(); // whatever it left behind
    release();
  });
  return { child, release, kill };
}
