import type { FastifyRequest } from 'fastify';
import type { CoderUser } from '../coder/client';
import { provesIdentity, type WorkspaceIdentity } from '../identity/workspace-token';
import { forbidden, notFound } from '../problem';
import type { Services } from '../services';
import type { CredentialKind } from './authentication';

/**
 * Makes sure that a request comes from the workspace it names.
 *
 * @throws Problem 401 for a token of another workspace, 403 or 503 after asking Coder
 */
export async function requireWorkspace(
  services: Services,
  request: FastifyRequest,
  identity: WorkspaceIdentity,
): Promise<void> {
  const { authentication, workspaceIdentitySecret, confirmation } = services;
  const token = authentication.bearer(request, 'workspace', "the workspace's token");
  if (!provesIdentity(workspaceIdentitySecret, identity, token)) {
    throw authentication.wrong(
      request,
      'workspace',
      'the token does not belong to this workspace_id, owner_id and username; a restart of the workspace renews it',
    );
  }
  await confirmation?.confirm(identity.workspace_id, identity.owner_id);
}

/**
 * The person whose Coder session token a request carries.
 *
 * @throws Problem 401 where Coder does not accept it, 403 for a suspended account, 404 without Coder
 */
export async function requirePerson(services: Services, request: FastifyRequest): Promise<CoderUser> {
  const { authentication, coder } = services;
  const token = authentication.bearer(request, 'person', 'a Coder session token');
  if (!coder) throw notFound('self-service is off: set coder.url in gateway.yaml and deploy');
  const user = await coder.userOf(token);
  if (!user) {
    throw authentication.wrong(
      request,
      'person',
      'Coder does not accept this session token (or it is limited to scopes); run `coder login` and take `coder tokens create`',
    );
  }
  if (user.status === 'suspended') throw forbidden('this Coder account is suspended');
  return user;
}

/** Refuses what carries no credential at all, before its body is looked at. */
export const requireBearer =
  ({ authentication }: Services, kind: CredentialKind, what: string) =>
  async (request: FastifyRequest): Promise<void> => {
    authentication.bearer(request, kind, what);
  };
