import { issuedKeySchema, rotateRequestSchema, type WorkspaceKeyRequest } from '../contract';
import type { App } from '../http/app-type';
import { requireBearer, requireWorkspace } from '../http/callers';
import { problems } from '../http/openapi';
import { type KeyId, keyName } from '../keys/key-id';
import { notFound } from '../problem';
import type { Services } from '../services';
import { audited, auditedPerson } from './audited';

const isIdentity = (body: object): body is WorkspaceKeyRequest => 'workspace_id' in body;

export function rotateRoute(app: App, services: Services): void {
  app.post(
    '/api/v1/keys/rotate',
    {
      onRequest: requireBearer(services, 'workspace', "the workspace's token, or a Coder session token"),
      schema: {
        summary: 'Replaces a key by its next generation; the old one stops working',
        description: "With a workspace's identity and token: the workspace's key. Without a body: the person's own.",
        tags: ['workspace', 'person'],
        security: [{ workspace: [] }, { person: [] }],
        body: rotateRequestSchema,
        response: { 200: issuedKeySchema, ...problems(401, 403, 404, 502, 503) },
      },
    },
    async (request) => {
      const { body } = request;
      const identity = body && isIdentity(body) ? body : undefined;
      const id: KeyId = identity
        ? { scope: 'workspace', subject: identity.workspace_id }
        : { scope: 'user', subject: (await auditedPerson(services, request, 'rotate')).id };
      const actor = `${identity ? 'workspace' : 'person'} ${id.subject}`;
      return audited(services, request, { action: 'rotate', actor, id }, async () => {
        if (identity) await requireWorkspace(services, request, identity);
        const key = await services.rotation.rotate(id, { pause: true });
        if (!key) throw notFound(`there is no key called "${keyName(id)}" yet; ask for one first`);
        return key;
      });
    },
  );
}
