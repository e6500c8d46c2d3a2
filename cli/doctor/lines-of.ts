import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Most of standard error that is kept for the error. */
const STDERR_CHARACTERS = 10_000;

/**
 * What a program prints, line by line as it comes; no more is read ahead than a pipe holds. The program is ended where its reader
 * stops early.
 *
 * @param input its standard input
 * @throws Error with what it printed on standard error where it cannot be started or ends with another code than 0
 */
export async function* linesOf(child: ChildProcessWithoutNullStreams, input: string): AsyncGenerator<string> {
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (stderr.length < STDERR_CHARACTERS) stderr += chunk;
  });
  const ended = new Promise<Error | undefined>((resolve) => {
    child.once('error', resolve);
    child.once('close', (code) => resolve(code === 0 ? undefined : new Error(stderr.trim() || `exit code ${code}`)));
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  try {
    yield* createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
    const error = await ended;
    if (error) throw error;
  } finally {
    child.kill('SIGTERM');
  }
}
