import { adminCreateRequestSchema, issuedKeySchema } from '../../contract';
import type { App } from '../../http/app-type';
import { problems } from '../../http/openapi';
import { agentId, type KeyId, keyName } from '../../keys/key-id';
import { conflict, invalid, Problem } from '../../problem';
import type { Services } from '../../services';
import { audited } from '../audited';
import { operator } from './shared';

/** `POST /api/v1/admin/keys` */
export function createKeyRoute(app: App, services: Services): void {
  const { configuration, keyring } = services;
  app.post(
    '/keys',
    {
      schema: {
        operationId: 'createKey',
        summary:
          'Creates a key for a CI job, an agent or a person; a repeated request gets the same key, with the limits it asks for',
        tags: ['operator'],
        security: [{ operator: [] }],
        body: adminCreateRequestSchema,
        response: {
          200: issuedKeySchema.describe('The existing key, renewed, its limits changed as requested.'),
          201: issuedKeySchema.describe('A new key.'),
          ...problems(401, 409, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const { scope, subject, username = null, ...asked } = request.body;
      const id = idOf(scope, subject);
      const unknown = asked.models?.find((name) => configuration.models.every((model) => model.name !== name));
      if (unknown !== undefined) {
        const names = configuration.models.map(({ name }) => name).join(', ');
        throw invalid('models', `"${unknown}" is not in the catalog, which has ${names}`);
      }
      const overrides = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
      const key = await audited(services, request, operator('create', id), () =>
        keyring
          .issue({
            id,
            owner: scope === 'user' ? id.subject : null,
            username,
            ...(Object.keys(overrides).length > 0 ? { overrides } : {}),
          })
          .catch((error: unknown) => {
            if (!(error instanceof Problem) || error.status !== 403) throw error;
            throw conflict(`the key "${keyName(id)}" is revoked; restore or delete it first`);
          }),
      );
      return reply.status(key.reused ? 200 : 201).send(key);
    },
  );
}

function idOf(scope: 'user' | 'ci' | 'agent:review' | 'agent:write', subject: string | undefined): KeyId {
  if (scope === 'user' || scope === 'ci') {
    if (subject) return { scope, subject };
    const what = scope === 'ci' ? 'the repository' : "the person's Coder id";
    throw invalid('subject', `is required with the scope ${scope}: ${what}`);
  }
  if (subject) throw invalid('subject', `must be left out with the scope ${scope}: there is only one such key`);
  return agentId(scope);
}
