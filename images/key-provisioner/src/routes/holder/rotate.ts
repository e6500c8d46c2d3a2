import { issuedKeySchema, rotateRequestSchema } from '../../contract';
import type { App } from '../../http/app-type';
import { problems } from '../../http/openapi';
import { type KeyId, keyName } from '../../keys/key-id';
import { notFound } from '../../problem';
import type { Services } from '../../services';
import { audited } from '../audited';
import { callingPerson, claimedIdentity } from '../callers';

/** `POST /api/v1/keys/rotate` */
export function rotateRoute(app: App, services: Services): void {
  app.post(
    '/rotate',
    {
      config: { action: 'rotate' },
      schema: {
        operationId: 'rotateOwnKey',
        summary: 'Replaces a key with its next generation; the old one stops working',
        description: "With a workspace's identity and token: the workspace's key. Without a body: the person's own.",
        tags: ['workspace', 'person'],
        security: [{ workspace: [] }, { person: [] }],
        body: rotateRequestSchema,
        response: { 200: issuedKeySchema, ...problems(401, 403, 404, 502, 503) },
      },
    },
    async (request) => {
      const identity = claimedIdentity(request.body);
      const id: KeyId = identity
        ? { scope: 'workspace', subject: identity.workspace_id }
        : { scope: 'user', subject: callingPerson(request).id };
      const actor = `${identity ? 'workspace' : 'person'} ${id.subject}`;
      return audited(services, request, { action: 'rotate', actor, id }, async () => {
        const key = await services.rotation.rotate(id, {
          pause: true,
          ...(identity ? { owner: identity.owner_id } : {}),
        });
        if (!key) throw notFound(`there is no key named "${keyName(id)}" yet; request one first`);
        return key;
      });
    },
  );
}
