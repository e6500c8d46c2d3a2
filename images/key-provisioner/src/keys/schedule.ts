import type { FastifyBaseLogger } from 'fastify';
import type { Services } from '../services';

/**
 * Runs the reconciler again and again, with some chance in the pauses so that several copies of the service do not run
 * at the same moment.
 *
 * @param interval seconds between two runs; 0 is never
 * @returns ends the schedule
 */
export function scheduleReconciler(
  { reconciler, audit }: Pick<Services, 'reconciler' | 'audit'>,
  interval: number,
  log: FastifyBaseLogger,
): () => void {
  if (!reconciler || interval === 0) return () => {};
  let timer: NodeJS.Timeout;
  const next = () => {
    timer = setTimeout(run, interval * 1000 * (0.75 + Math.random() / 2)).unref();
  };
  const run = async () => {
    try {
      const { deleted } = await reconciler.run({ dryRun: false });
      for (const key of deleted) {
        audit.record({ action: 'delete', actor: 'reconciler', key, scope: 'workspace', outcome: 'done' });
      }
    } catch (error) {
      log.error({ reason: (error as Error).message }, 'reconciler: run failed');
    }
    next();
  };
  next();
  return () => clearTimeout(timer);
}
