import type { Metrics } from '../metrics';
import type { App } from './app-type';

/** Routes called every few seconds by probes: counted, not logged. */
const QUIET = ['/health', '/health/ready', '/metrics'];

/** One log line and one measurement per answer. Neither holds headers, bodies or query strings. */
export function observeRequests(app: App, metrics: Metrics): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('cache-control', 'no-store');
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const { method } = request;
    const status = reply.statusCode;
    metrics.requests.observe({ method, route, status: String(status) }, reply.elapsedTime / 1000);
    if (QUIET.includes(route)) return;
    request.log.info(
      { method, path: request.url.split('?')[0], status, ms: Math.round(reply.elapsedTime), address: request.ip },
      'answered',
    );
  });
}
