import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { startGuarded } from './guarded';

export interface RunOptions {
  /** Added to this process's environment. */
  readonly env?: Record<string, string | undefined>;
  readonly cwd?: string;
  /** Text for standard input. @default - none */
  readonly input?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Called with each line of standard output as it comes. */
  readonly onLine?: (line: string) => void;
  /** Whether the result holds standard error too. @default false */
  readonly includeErrors?: boolean;
  /** Ends the command early. */
  readonly signal?: AbortSignal | undefined;
}

/** A command that ended badly, with what it printed. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';

  constructor(
    readonly command: string,
    readonly exitCode: number | null,
    readonly output: string,
  ) {
    super(`${command} failed (${exitCode ?? 'killed'}): ${output.trim().slice(-2000)}`);
  }
}

/**
 * Runs a command to its end and returns what it printed on standard output.
 *
 * @throws CommandFailed unless its exit status is 0
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { input, env, onLine, includeErrors, signal, ...rest } = options;
  signal?.throwIfAborted();
  const stdio: ['pipe', 'pipe', 'pipe'] = ['pipe', 'pipe', 'pipe'];
  const { child, release } = startGuarded(command, args, { ...rest, env: { ...process.env, ...env }, stdio });
  signal?.addEventListener('abort', release, { once: true });
  let output = '';
  let everything = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    everything += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    everything += chunk;
  });
  if (onLine && child.stdout) createInterface({ input: child.stdout }).on('line', onLine);
  child.stdin?.on('error', () => {}); // a command need not read its input
  child.stdin?.end(input ?? '');
  const [exitCode] = (await once(child, 'close')) as [number | null];
  signal?.removeEventListener('abort', release);
  signal?.throwIfAborted();
  if (exitCode !== 0) throw new CommandFailed([command, ...args].join(' '), exitCode, everything);
  return includeErrors ? everything : output;
}
