import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { App } from './app-type';

/**
 * Reads JSON bodies. Many clients announce JSON and then send nothing, where there is nothing to say: that is no mistake
 * on routes that need no body.
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
