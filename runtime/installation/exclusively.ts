import { lock } from 'proper-lockfile';
import { makeDirectory } from '../../make-directory';
import { Problem } from '../problem';
import type { Work } from './work';

/** A crashed holder's lock is ignored after this time. */
const STALE_MS = 10_000;
const RETRY_MS = 500;
const LOCK_TIMEOUT_MS = 15 * 60_000;

/** Does something that only one process may do at a time in this directory; others wait for their turn. */
export async function exclusively<T>(directory: string, work: Work, action: () => Promise<T>): Promise<T> {
  makeDirectory(directory);
  const release = await acquire(directory, work);
  try {
    return await action();
  } finally {
    await release().catch(() => {});
  }
}

async function acquire(directory: string, { report, signal }: Work): Promise<() => Promise<void>> {
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await lock(directory, { stale: STALE_MS, update: STALE_MS / 4, onCompromised: () => {} });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (Date.now() > deadline) {
        throw new Problem(`another process has been installing into ${directory} for 15 minutes; end it and try again`);
      }
      report('waiting for another installation to finish');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
