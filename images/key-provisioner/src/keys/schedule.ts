import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { Services } from '../services';

/** Longest pause, in milliseconds, between two looks at a LiteLLM that is not ready. */
const WHILE_NOT_READY = 3_000;
/** Longest pause, in milliseconds, after a first run that failed although LiteLLM is ready. */
const AFTER_A_FAILURE = 60_000;

/**
 * Runs the reconciler: for the policy as soon as LiteLLM is ready, since a deployment that changed a policy has just
 * started this process, and then again and again, with some chance in the pauses so that several copies of the service do
 * not run at the same moment.
 *
 * @param interval seconds between two runs; with 0 only the first takes place
 * @returns ends the schedule, and a run under way
 */
export function scheduleReconciler(
  { reconciler, litellm }: Pick<Services, 'reconciler' | 'litellm'>,
  interval: number,
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
      const longest = ready ? AFTER_A_FAILURE : WHILE_NOT_READY;
      await pause(Math.min(longest, 500 * 2 ** Math.min(attempt, 10)) * (0.75 + Math.random() / 2));
    }
  };
  const all = async () => {
    await first();
    while (interval > 0) {
      await pause(interval * 1000 * (0.75 + Math.random() / 2));
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
