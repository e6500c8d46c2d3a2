import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { App } from './app-type';

/**
 * Reads JSON bodies. Many clients send `content-type: application/json` without a body, which is accepted on routes that
 * need none.
 */
export function registerJsonBody(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body === '' && needsNoBody(request)) done(null, undefined);
    else parse(request, body, done);
  });
}

function needsNoBody({ routeOptions }: FastifyRequest): boolean {
  const body = routeOptions.schema?.body as z.ZodType | undefined;
  return body === undefined || body.safeParse(undefined).success;
}
