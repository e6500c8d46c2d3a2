import { writeSync } from 'node:fs';
import { EXIT } from '../errors';
import type { Io } from './io';

// The one place, beside main.ts, that deals with the process itself: its signals and its end concern all commands at once.

/** What has to be cleaned up before the process may end. */
const cleanUps = new Set<() => Promise<void> | void>();
let shuttingDown = false;

/**
 * Does something that leaves traces until it has finished: where the user interrupts it, or nobody reads its output any more,
 * `cleanUp` runs before the process ends. On every other way out, cleaning up is up to `work`.
 */
export async function cleaningUp<T>(cleanUp: () => Promise<void> | void, work: () => Promise<T>): Promise<T> {
  // Not `once`: some libraries end the process at once where they find no other listener.
  if (cleanUps.size === 0) process.on('SIGINT', shutDownOnInterrupt);
  cleanUps.add(cleanUp);
  try {
    return await work();
  } finally {
    // An interrupted command prints nothing more.
    if (shuttingDown) await new Promise(() => undefined);
    cleanUps.delete(cleanUp);
    if (cleanUps.size === 0) process.off('SIGINT', shutDownOnInterrupt);
  }
}

/** Ends the process after every pending clean-up; failures of those are printed. */
export async function shutDown(exitCode: number, lastLine = ''): Promise<void> {
  if (shuttingDown) return;
  shuttingDown = true;
  const outcomes = await Promise.allSettled([...cleanUps].map(async (cleanUp) => cleanUp()));
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? (outcome.reason as Error).message : [],
  );
  // Directly: whatever draws on the terminal may hold back what goes through the stream.
  for (const line of [lastLine, ...failures].filter(Boolean)) {
    try {
      writeSync(process.stderr.fd, `${line}\n`);
    } catch {
      // Standard error cannot be written either; the exit code has to say it all.
    }
  }
  process.exit(exitCode);
}

/** The second Ctrl-C waits for nothing. */
function shutDownOnInterrupt(): void {
  if (shuttingDown) process.exit(EXIT.interrupted);
  void shutDown(EXIT.interrupted, '\ninterrupted');
}

/** Handles a signal instead of ending, while `work` runs. */
export async function handlingSignal<T>(
  signal: 'SIGINT' | 'SIGTERM',
  handler: () => void,
  work: () => Promise<T>,
): Promise<T> {
  process.on(signal, handler);
  try {
    return await work();
  } finally {
    process.off(signal, handler);
  }
}

/** Calls `restore` should the process end before `work` does; for what was drawn on the terminal. */
export async function restoringOnExit<T>(restore: () => void, work: () => Promise<T>): Promise<T> {
  process.once('exit', restore);
  try {
    return await work();
  } finally {
    process.off('exit', restore);
  }
}

/**
 * Ends the process where its output can be written no longer. A reader that has gone (`| head`) is not an error: there is nothing
 * more to print, and nothing to complain about. Any other reason is one; on standard error there is nobody left to be told.
 */
export function endWithOutput(
  { stdout, stderr }: Io,
  exitCode: () => number,
  complaint: (error: Error) => string,
): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') void shutDown(exitCode());
    else void shutDown(EXIT.output, complaint(error));
  });
  stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') void shutDown(exitCode());
  });
}
