import { writeSync } from 'node:fs';
import { EXIT } from '../errors';

/** What has to be put right before the process may end. */
const cleanUps = new Set<() => Promise<void> | void>();
let leaving = false;

/**
 * Does something that leaves traces until it is through: where the person interrupts it, or its reader is gone, `cleanUp`
 * runs before the process ends. On every other way out, cleaning up is for `work` to do.
 */
export async function cleaningUp<T>(cleanUp: () => Promise<void> | void, work: () => Promise<T>): Promise<T> {
  // Not `once`: some libraries end the process at once where they find no other listener.
  if (cleanUps.size === 0) process.on('SIGINT', onInterrupt);
  cleanUps.add(cleanUp);
  try {
    return await work();
  } finally {
    // Nothing of an interrupted command is shown any more.
    if (leaving) await new Promise(() => undefined);
    cleanUps.delete(cleanUp);
    if (cleanUps.size === 0) process.off('SIGINT', onInterrupt);
  }
}

/** Ends the process, when what was begun has been put right. */
export async function leave(exitCode: number, lastWords = ''): Promise<void> {
  if (leaving) return;
  leaving = true;
  const outcomes = await Promise.allSettled([...cleanUps].map(async (cleanUp) => cleanUp()));
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? (outcome.reason as Error).message : [],
  );
  // Directly: who draws on the terminal may hold back what goes through the stream.
  for (const line of [lastWords, ...failures].filter(Boolean)) writeSync(process.stderr.fd, `${line}\n`);
  process.exit(exitCode);
}

/** The second Ctrl-C waits for nothing. */
function onInterrupt(): void {
  if (leaving) process.exit(EXIT.interrupted);
  void leave(EXIT.interrupted, '\ninterrupted');
}
