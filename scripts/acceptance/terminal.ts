import { spawnSync } from 'node:child_process';

const started = Date.now();
let number = 0;

/** Announces a step of the story. */
export function step(title: string): void {
  number += 1;
  console.log(`\n[${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s] ${number}. ${title}`);
}

/** Prints what a step saw. */
export function saw(...lines: string[]): void {
  for (const line of lines.flatMap((text) => text.trimEnd().split('\n'))) console.log(`         ${line}`);
}

/** Ends the story where it did not go as told. @throws Error */
export function expect(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`expected: ${what}`);
  console.log(`       ✓ ${what}`);
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly input?: string;
  /** Seconds. @default 600 */
  readonly timeout?: number;
  /** Whether a failure is an answer too. @default false */
  readonly mayFail?: boolean;
  /** Whether what it tells on standard error is shown as it comes, for what may take minutes. @default false */
  readonly progress?: boolean;
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. @throws Error with the end of its output, unless it may fail */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Ran {
  const result = spawnSync(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    input: options.input,
    stdio: ['pipe', 'pipe', options.progress ? 'inherit' : 'pipe'],
    encoding: 'utf8',
    timeout: (options.timeout ?? 600) * 1000,
    maxBuffer: 64 * 1024 * 1024,
  });
  const stdout = result.stdout ?? '';
  const stderr = result.stderr ?? '';
  const status = result.status ?? 1;
  if (status !== 0 && !options.mayFail) {
    const why = result.error ? result.error.message : `exit ${status}`;
    throw new Error(`${command} ${args.join(' ')} failed (${why}):\n${(stdout + stderr).slice(-3000)}`);
  }
  return { status, stdout, stderr };
}
