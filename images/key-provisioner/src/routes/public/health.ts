import { healthSchema } from '../../contract';
import type { App } from '../../http/app-type';
import type { Services } from '../../services';

/** How long an answer about LiteLLM is reused, so that probes cost it nothing. */
const READINESS_CACHE_MS = 1_000;

/** `GET /health` and `GET /health/ready` */
export function healthRoutes(app: App, { litellm }: Services): void {
  let known: { at: number; ready: Promise<boolean> } | undefined;
  const litellmReady = () => {
    if (!known || Date.now() - known.at > READINESS_CACHE_MS) known = { at: Date.now(), ready: litellm.isReady() };
    return known.ready;
  };

  app.get(
    '/health',
    {
      schema: {
        operationId: 'getHealth',
        summary: 'Whether this process is alive',
        tags: ['platform'],
        response: { 200: healthSchema },
      },
    },
    () => ({ status: 'ok' as const }),
  );

  app.get(
    '/health/ready',
    {
      schema: {
        operationId: 'getReadiness',
        summary: 'Whether keys can be issued: LiteLLM and its database are reachable',
        tags: ['platform'],
        response: { 200: healthSchema, 503: healthSchema },
      },
    },
    async (_request, reply) => {
      if (await litellmReady()) return { status: 'ok' as const, litellm: 'ready' as const };
      reply.status(503).header('retry-after', '5');
      return { status: 'degraded' as const, litellm: 'unreachable' as const };
    },
  );
}
