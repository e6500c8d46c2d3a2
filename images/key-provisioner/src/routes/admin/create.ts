import { adminCreateRequestSchema, issuedKeySchema } from '../../contract';
import type { App } from '../../http/app-type';
import { problems } from '../../http/openapi';
import { agentId, type KeyId, keyName } from '../../keys/key-id';
import { conflict, invalid, Problem } from '../../problem';
import type { Services } from '../../services';
import { audited } from '../audited';
import { operator } from './shared';

export function createKeyRoute(app: App, services: Services): void {
  const { configuration, keyring } = services;
  app.post(
    '/keys',
    {
      schema: {
        summary: 'A key for a CI job, an agent or a person; asked again, the same key with the limits asked for',
        tags: ['operator'],
        security: [{ operator: [] }],
        body: adminCreateRequestSchema,
        response: {
          200: issuedKeySchema.describe('It existed; renewed, and its limits changed where asked.'),
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
        throw invalid('models', `"${unknown}" is not in the catalog; there are ${names}`);
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
    throw invalid('subject', `is needed for the scope ${scope}: ${what}`);
  }
  if (subject) throw invalid('subject', `has no place with the scope ${scope}: there is one such key`);
  return agentId(scope);
}
