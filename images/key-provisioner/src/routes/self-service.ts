import { issuedKeySchema, selfServiceRequestSchema } from '../contract';
import type { App } from '../http/app-type';
import { requireBearer } from '../http/callers';
import { problems } from '../http/openapi';
import type { Services } from '../services';
import { audited, auditedPerson } from './audited';

export function selfServiceRoute(app: App, services: Services): void {
  app.post(
    '/api/v1/keys/self-service',
    {
      onRequest: requireBearer(services, 'person', 'a Coder session token'),
      schema: {
        summary: "A person's own key, for work outside a workspace",
        tags: ['person'],
        security: [{ person: [] }],
        body: selfServiceRequestSchema.nullish(),
        response: {
          200: issuedKeySchema.describe('The key they have, renewed and brought up to the current policy.'),
          201: issuedKeySchema.describe('A new key.'),
          ...problems(401, 403, 404, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const user = await auditedPerson(services, request, 'self-service');
      const id = { scope: 'user', subject: user.id } as const;
      const key = await audited(services, request, { action: 'self-service', actor: `person ${user.id}`, id }, () =>
        services.keyring.issue({ id, owner: user.id, username: user.username }),
      );
      return reply.status(key.reused ? 200 : 201).send(key);
    },
  );
}
