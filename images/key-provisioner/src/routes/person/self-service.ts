import { issuedKeySchema, selfServiceRequestSchema } from '../../contract';
import type { App } from '../../http/app-type';
import { problems } from '../../http/openapi';
import type { Services } from '../../services';
import { audited } from '../audited';
import { callingPerson } from '../callers';

/** `POST /api/v1/keys/self-service` */
export function selfServiceRoute(app: App, services: Services): void {
  app.post(
    '/self-service',
    {
      config: { action: 'self-service' },
      schema: {
        operationId: 'issueOwnKey',
        summary: "A person's own key, for work outside a workspace",
        tags: ['person'],
        security: [{ person: [] }],
        body: selfServiceRequestSchema.nullish(),
        response: {
          200: issuedKeySchema.describe('The existing key, renewed and updated to the current policy.'),
          201: issuedKeySchema.describe('A new key.'),
          ...problems(401, 403, 404, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const user = callingPerson(request);
      const id = { scope: 'user', subject: user.id } as const;
      const key = await audited(services, request, { action: 'self-service', actor: `person ${user.id}`, id }, () =>
        services.keyring.issue({ id, owner: user.id, username: user.username }),
      );
      return reply.status(key.reused ? 200 : 201).send(key);
    },
  );
}
