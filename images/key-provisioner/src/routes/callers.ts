import type { FastifyRequest } from 'fastify';
import type { Decision } from '../audit';
import type { CoderUser } from '../coder/client';
import type { App } from '../http/app-type';
import type { CredentialKind } from '../http/authentication';
import { provesIdentity, type WorkspaceIdentity } from '../identity/workspace-token';
import { hashKey } from '../keys/derivation';
import type { KeyRow } from '../litellm/schema';
import { forbidden, notFound } from '../problem';
import type { Services } from '../services';
import { auditedCheck } from './audited';

/** The hooks by which groups of routes authenticate their callers. */

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the audit log calls a request whose caller is rejected. @default 'authenticate' */
    readonly action?: Decision['action'];
  }
}

type Hook = (request: FastifyRequest) => Promise<void>;

/** Rejects a request without any credential, before its body is read. @throws Problem 401, 429 */
export const requireBearer =
  ({ authentication }: Services, kind: CredentialKind, what: string): Hook =>
  async (request) => {
    authentication.bearer(request, kind, what);
  };

/**
 * Makes sure that a request comes from the workspace that its body names.
 *
 * @throws Problem 401 for a token of another workspace, 403 or 503 after asking Coder
 */
export const requireWorkspace =
  (services: Services): Hook =>
  async (request) => {
    const { authentication, workspaceIdentitySecret, confirmation } = services;
    const identity = claimedIdentity(request.body);
    const caller = identity
      ? ({
          actor: `workspace ${identity.workspace_id}`,
          id: { scope: 'workspace', subject: identity.workspace_id },
        } as const)
      : ({ actor: 'somebody', scope: 'workspace' } as const);
    await auditedCheck(services, request, caller, async () => {
      const token = authentication.bearer(request, 'workspace', "the workspace's token");
      if (!identity || !provesIdentity(workspaceIdentitySecret, identity, token)) {
        throw authentication.wrong(
          request,
          'workspace',
          'the token does not belong to this workspace_id, owner_id and username; a restart of the workspace renews it',
        );
      }
      await confirmation?.confirm(identity.workspace_id, identity.owner_id);
    });
  };

/** The workspace that a body names; the token has yet to prove it. */
export function claimedIdentity(body: unknown): WorkspaceIdentity | undefined {
  const { workspace_id, owner_id, username } = (body ?? {}) as Partial<Record<keyof WorkspaceIdentity, unknown>>;
  if (typeof workspace_id !== 'string' || typeof owner_id !== 'string' || typeof username !== 'string')
    return undefined;
  return { workspace_id, owner_id, username };
}

const PERSON = 'person';

/** To be called once by a group whose routes ask for {@link callingPerson}. */
export function rememberPerson(app: App): void {
  app.decorateRequest(PERSON);
}

/** The person whom {@link requirePerson} has accepted. */
export const callingPerson = (request: FastifyRequest): CoderUser => request.getDecorator<CoderUser>(PERSON);

/**
 * Accepts the person whose Coder session token the request carries.
 *
 * @throws Problem 401 where Coder does not accept it, 403 for a suspended account, 404 without Coder
 */
export const requirePerson =
  (services: Services): Hook =>
  async (request) => {
    const { authentication, coder } = services;
    await auditedCheck(services, request, { actor: 'somebody', scope: 'user' }, async () => {
      const token = authentication.bearer(request, 'person', 'a Coder session token');
      if (!coder) throw notFound('self-service is off; to turn it on, set coder.url in gateway.yaml and deploy');
      const user = await coder.userOf(token);
      if (!user) {
        throw authentication.wrong(
          request,
          'person',
          'Coder does not accept this session token, or the token is limited to scopes; run `coder login`, then create one with `coder tokens create`',
        );
      }
      if (user.status === 'suspended') throw forbidden('this Coder account is suspended');
      request.setDecorator<CoderUser>(PERSON, user);
    });
  };

const KEY = 'virtualKey';

/** To be called once by a group whose routes ask for {@link callingKey}. */
export function rememberKey(app: App): void {
  app.decorateRequest(KEY);
}

/** The key that {@link requireKey} has accepted. */
export const callingKey = (request: FastifyRequest): KeyRow => request.getDecorator<KeyRow>(KEY);

/** Accepts the holder of a virtual key, even of a revoked or expired one. @throws Problem 401 where LiteLLM has no such key */
export const requireKey =
  ({ authentication, litellm }: Services): Hook =>
  async (request) => {
    const key = authentication.bearer(request, 'key', 'a virtual key');
    // By its hash only: the key itself goes into no URL and no log.
    const row = await litellm.keyInfo(hashKey(key));
    if (!row || row.status === 'deleted') {
      throw authentication.wrong(request, 'key', 'the gateway does not know this key; it may have been deleted');
    }
    request.setDecorator<KeyRow>(KEY, row);
  };
