import { SECRETS, type SecretName } from '../../../settings/secrets';

export type TestSecrets = Record<SecretName, string>;

/** A fresh set; the providers' credentials are made up, the database password is as awkward as a password may be. */
export function testSecrets(): TestSecrets {
  const values = Object.fromEntries(SECRETS.map(({ name, generate }) => [name, generate?.() ?? '']));
  return {
    ...values,
    postgres_password: `p a/s@s"w:o%r\${d}?#&${values.postgres_password}`,
    anthropic_api_key: 'made-up-anthropic-key',
    aws_access_key_id: 'made-up-aws-access-key',
    aws_secret_access_key: 'made-up-aws-secret-key',
  } as TestSecrets;
}

/** The content of a `secrets.tfvars.json`. */
export const tfvars = (secrets: Partial<TestSecrets>): string => JSON.stringify(secrets, null, 2);
