import { type SecretName, secret } from '../settings/secrets';

/** The secrets that a deployment generates for itself, but for the database's password. */
export const OWN_SECRETS = [
  'litellm_master_key',
  'litellm_salt_key',
  'provisioner_admin_token',
  'workspace_identity_secret',
  'key_derivation_secret',
] as const satisfies readonly SecretName[];

export type Secrets = Record<(typeof OWN_SECRETS)[number], string>;

/** New ones, as `gateway init` makes them. */
export function makeSecrets(): Secrets {
  return Object.fromEntries(OWN_SECRETS.map((name) => [name, secret(name).generate?.() ?? ''])) as Secrets;
}
