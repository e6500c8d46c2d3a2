import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { recordTime } from '../../../scripts/test/record';

export const REPOSITORY = join(__dirname, '../../..');

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const WITH_TERRAFORM = '. "$0/scripts/terraform-environment.sh" && exec "$@"';

/** Runs a command in the repository's root, with what Terraform needs in its environment, and waits for it. */
export function command(
  program: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; input?: string } = {},
): Outcome {
  const started = Date.now();
  // Docker needs nothing of it, and is asked hundreds of times.
  const [file = program, ...words] =
    program === 'docker' ? [program] : ['bash', '-c', WITH_TERRAFORM, REPOSITORY, program];
  const { status, stdout, stderr, error } = spawnSync(file, [...words, ...args], {
    cwd: options.cwd ?? REPOSITORY,
    env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', ...options.env },
    encoding: 'utf8',
    input: options.input,
    maxBuffer: 64 * 1024 * 1024,
  });
  recordCommand(program, args, started);
  if (error) throw error;
  return { status, stdout, stderr };
}

const SLOW_MS = 2000;

/** Adds what takes seconds to the report of where the time went. */
export function recordCommand(program: string, args: readonly string[], startedMs: number): void {
  if (Date.now() - startedMs > SLOW_MS) recordTime('command', [program, ...args].join(' ').slice(0, 160), startedMs);
}

/** The same for a command that has to succeed: what it printed. */
export function succeed(...args: Parameters<typeof command>): string {
  const { status, stdout, stderr } = command(...args);
  if (status !== 0)
    throw new Error(`${args[0]} ${args[1].join(' ')} ended with ${status}:\n${stdout}\n${stderr}`.trim());
  return stdout;
}

export const docker = (...args: string[]): string => succeed('docker', args).trim();
