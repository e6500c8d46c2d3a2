import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { Services } from '../services';

/** Longest pause between two checks of a LiteLLM that is not ready. */
const MAX_PAUSE_NOT_READY_MS = 3_000;
/** Longest pause after a first run that failed although LiteLLM is ready. */
const MAX_PAUSE_AFTER_FAILURE_MS = 60_000;

/**
 * Runs the reconciler: for the policy as soon as LiteLLM is ready, since a deployment that changed a policy has just
 * started this process, and then periodically, with random pauses so that several copies of the service do not run at
 * the same moment.
 *
 * @param intervalS seconds between two runs; with 0 only the first takes place
 * @returns a function that ends the schedule and a run in progress
 */
export function scheduleReconciler(
  { reconciler, litellm }: Pick<Services, 'reconciler' | 'litellm'>,
  intervalS: number,
  log: FastifyBaseLogger,
): () => Promise<void> {
  const ended = new AbortController();
  const { signal } = ended;
  const pause = (ms: number) => sleep(ms, undefined, { signal, ref: false });
  const failed = (error: unknown) => log.error({ reason: (error as Error).message }, 'reconciler: run failed');

  const first = async () => {
    await pause(Math.random() * 1_000);
    for (let attempt = 0; ; attempt += 1) {
      const ready = await litellm.isReady();
      if (ready) {
        const result = await reconciler.run({ dryRun: false, policyOnly: true }).catch(failed);
        if (result?.unreached === 0) return;
      }
      const maxPauseMs = ready ? MAX_PAUSE_AFTER_FAILURE_MS : MAX_PAUSE_NOT_READY_MS;
      await pause(Math.min(maxPauseMs, 500 * 2 ** Math.min(attempt, 10)) * (0.75 + Math.random() / 2));
    }
  };
  const all = async () => {
    await first();
    while (intervalS > 0) {
      await pause(intervalS * 1000 * (0.75 + Math.random() / 2));
      await reconciler.run({ dryRun: false }).catch(failed);
    }
  };
  // Only the end of the schedule interrupts it.
  all().catch(() => undefined);
  return async () => {
    ended.abort();
    await reconciler.stop();
  };
}
