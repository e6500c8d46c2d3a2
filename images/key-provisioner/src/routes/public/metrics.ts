import type { App } from '../../http/app-type';
import type { Services } from '../../services';

/** For Prometheus. */
export function metricsRoute(app: App, { metrics }: Services): void {
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    reply.header('content-type', metrics.registry.contentType);
    return metrics.registry.metrics();
  });
}
