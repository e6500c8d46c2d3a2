import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
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
      servers: [{ url: '/', description: 'Where this document was read.' }],
      components: {
        securitySchemes: {
          workspace: bearer('The token that the template derived for the workspace.'),
          person: bearer("A person's Coder session token; used for one call and never stored."),
          key: bearer('A virtual key, which may ask about itself only.'),
          operator: bearer('The admin token.'),
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document)),
  });
}

/** The registry makes a component for requests and one for answers of each schema: those that nothing refers to are left out. */
function withoutUnused<T extends object>(document: T): T {
  const { components } = document as { components?: { schemas?: Record<string, unknown> } };
  const schemas = components?.schemas ?? {};
  for (let before = -1; Object.keys(schemas).length !== before; ) {
    before = Object.keys(schemas).length;
    const text = JSON.stringify(document);
    for (const name of Object.keys(schemas)) {
      if (!text.includes(`"#/components/schemas/${name}"`)) delete schemas[name];
    }
  }
  return document;
}

/** The document itself. */
export function openApiRoute(app: App): void {
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger() as unknown);
}

const TEXTS: Record<number, string> = {
  400: 'The body is not valid JSON.',
  401: 'No credential, or a wrong one.',
  403: 'Not allowed, or revoked by an operator.',
  404: 'Not found.',
  405: 'Not allowed with this method.',
  409: 'Conflicts with the current state.',
  413: 'The body is too large.',
  414: 'The address is too long.',
  415: 'The body is not JSON.',
  422: 'Validation failed; `errors` names each field.',
  429: 'Too many requests; `Retry-After` says when to try again.',
  500: 'Internal error of this service.',
  502: 'LiteLLM rejects the requests of this service.',
  503: 'LiteLLM, its database or Coder is unreachable; `Retry-After` says when to try again.',
};

/** The error responses of a route, for its schema: those given, and those that every route has. */
export function problems(...statuses: number[]) {
  const all = [...new Set([400, ...statuses, 405, 413, 414, 415, 422, 429, 500])];
  return Object.fromEntries(
    all.map((status) => [
      status,
      { description: TEXTS[status] ?? '', content: { [PROBLEM_TYPE]: { schema: problemSchema } } },
    ]),
  ) as Record<number, { description: string; content: Record<string, { schema: z.ZodType }> }>;
}
