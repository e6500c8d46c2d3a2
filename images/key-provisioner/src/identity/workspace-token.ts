import { createHash } from 'node:crypto';
import { sameSecret } from './constant-time';

/** What a workspace's token proves. */
export interface WorkspaceIdentity {
  readonly workspace_id: string;
  readonly owner_id: string;
  readonly username: string;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * The token that the template derives for a workspace at plan time. Terraform has no HMAC; the nested form has what a
 * plain `sha256(secret + message)` lacks: it resists length extension.
 */
export function workspaceToken(secret: string, { workspace_id, owner_id, username }: WorkspaceIdentity): string {
  return sha256(secret + sha256(`${secret}${workspace_id}|${owner_id}|${username}`));
}

/**
 * Whether a token belongs to a workspace. Ids with a separator prove nothing: `a|b`, `c` and `a`, `b|c` would share a
 * token. Coder's ids have none, and a name comes last, where it does no harm.
 */
export function provesIdentity(secret: string, identity: WorkspaceIdentity, token: string): boolean {
  if (identity.workspace_id.includes('|') || identity.owner_id.includes('|')) return false;
  return sameSecret(workspaceToken(secret, identity), token);
}
