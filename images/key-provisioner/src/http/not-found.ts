import type { FastifyReply, FastifyRequest } from 'fastify';
import { notFound, Problem } from '../problem';
import type { App } from './app-type';
import { sendProblem } from './error-handler';

/** Answers requests for which there is no route: 405 with `Allow` where the path exists for other methods, else 404. */
export function registerNotFound(app: App): void {
  const routes: { pattern: RegExp; methods: string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const source = url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[a-z_]+/g, '[^/]+');
    routes.push({ pattern: new RegExp(`^${source}$`), methods: [method].flat() });
  });
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?')[0] ?? '';
    const methods = [...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods))];
    if (methods.length === 0) {
      return sendProblem(request, reply, notFound('there is no such path; /openapi.json lists all of them'));
    }
    reply.header('allow', methods.join(', '));
    const detail = `${request.method} is not allowed here; allowed: ${methods.join(', ')}`;
    return sendProblem(request, reply, new Problem(405, { detail }));
  });
}
