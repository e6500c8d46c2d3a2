import { secret } from '../settings/secrets.ts';

/** The secrets of one start, made for it. */
export interface Secrets {
  readonly masterKey: string;
  readonly saltKey: string;
  readonly adminToken: string;
  readonly workspaceIdentitySecret: string;
  readonly keyDerivationSecret: string;
}

export function makeSecrets(): Secrets {
  const make = (name: Parameters<typeof secret>[0]) => secret(name).generate?.() ?? '';
  return {
    masterKey: make('litellm_master_key'),
    saltKey: make('litellm_salt_key'),
    adminToken: make('provisioner_admin_token'),
    workspaceIdentitySecret: make('workspace_identity_secret'),
    keyDerivationSecret: make('key_derivation_secret'),
  };
}
