import swagger from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { problemSchema } from '../contract';
import type { App } from './app-type';
import { PROBLEM_TYPE } from './error-handler';

const bearer = (description: string) => ({ type: 'http', scheme: 'bearer', description }) as const;

/** Describes the API from the same schemas that validate it. */
export async function registerOpenApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'key-provisioner',
        version: '1',
        description: 'Virtual keys for workspaces, people, CI jobs and agents of an AI gateway.',
      },
      components: {
        securitySchemes: {
          workspace: bearer('The token that the template derived for the workspace.'),
          person: bearer("A person's Coder session token; used once and never kept."),
          key: bearer('A virtual key, about itself.'),
          operator: bearer('The admin token.'),
        },
      },
    },
    transform: jsonSchemaTransform,
  });
}

/** The document itself. */
export function openApiRoute(app: App): void {
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger() as unknown);
}

const TEXTS: Record<number, string> = {
  400: 'The body is not JSON.',
  401: 'No credential, or a wrong one.',
  403: 'Not allowed, or revoked by an operator.',
  404: 'There is no such thing.',
  405: 'Not with this method.',
  409: 'It contradicts what is there.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  422: 'What validation refuses, field by field.',
  429: 'Too much; `Retry-After` tells when to try again.',
  500: 'A fault of this service.',
  502: 'LiteLLM refuses this service.',
  503: 'LiteLLM, its database or Coder is away; `Retry-After` tells when to try again.',
};

/** The error answers of a route, as its schema lists them. */
export function problems(...statuses: number[]) {
  const all = [...new Set([400, ...statuses, 405, 413, 415, 422, 429, 500])];
  return Object.fromEntries(
    all.map((status) => [
      status,
      { description: TEXTS[status] ?? '', content: { [PROBLEM_TYPE]: { schema: problemSchema } } },
    ]),
  ) as Record<number, { description: string; content: Record<string, { schema: z.ZodType }> }>;
}
