import { issuedKeySchema, type WorkspaceKeyRequest, workspaceKeyRequestSchema } from '../../contract';
import type { App } from '../../http/app-type';
import { problems } from '../../http/openapi';
import type { IssueRequest } from '../../keys/keyring';
import type { Services } from '../../services';
import { audited } from '../audited';

/** The key of a workspace that has proved its identity. */
export const workspaceIssue = (identity: WorkspaceKeyRequest): IssueRequest => ({
  id: { scope: 'workspace', subject: identity.workspace_id },
  owner: identity.owner_id,
  username: identity.username,
  workspaceName: identity.workspace_name ?? null,
});

/** `POST /api/v1/keys/workspace` */
export function workspaceKeyRoute(app: App, services: Services): void {
  app.post(
    '/keys/workspace',
    {
      config: { action: 'issue' },
      schema: {
        operationId: 'issueWorkspaceKey',
        summary: "A workspace's own key: the same at every start",
        tags: ['workspace'],
        security: [{ workspace: [] }],
        body: workspaceKeyRequestSchema,
        response: {
          200: issuedKeySchema.describe('The existing key, renewed and updated to the current policy.'),
          201: issuedKeySchema.describe('A new key.'),
          ...problems(401, 403, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const issue = workspaceIssue(request.body);
      const decision = { action: 'issue', actor: `workspace ${issue.id.subject}`, id: issue.id } as const;
      const key = await audited(services, request, decision, () => services.keyring.issue(issue));
      return reply.status(key.reused ? 200 : 201).send(key);
    },
  );
}
