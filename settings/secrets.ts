import { randomBytes } from 'node:crypto';

/**
 * The secrets of a deployment: each is one sensitive Terraform variable of the platform stack and one line of
 * `secrets.tfvars`. Values exist nowhere else in this repository.
 */
export interface Secret {
  /** Terraform variable, and the name in `secrets.tfvars`. */
  readonly name: SecretName;
  readonly purpose: string;
  /** Fewest characters; a shorter value stops the plan. */
  readonly minimumLength: number;
  /** What the value must begin with, if anything. */
  readonly prefix?: string;
  /** Makes a value; a secret without it comes from somebody else (a provider, Coder). */
  readonly generate?: () => string;
  /** The environment variables `gateway init` takes the value from, first one set wins. */
  readonly environment?: readonly string[];
}

export const SECRET_NAMES = [
  'litellm_master_key',
  'litellm_salt_key',
  'postgres_password',
  'provisioner_admin_token',
  'workspace_identity_secret',
  'key_derivation_secret',
  'anthropic_api_key',
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'openai_api_key',
  'azure_api_key',
  'vertex_credentials',
  'coder_token',
] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

/** 32 random bytes: 256 bits, in an alphabet that needs no quoting in URLs, shells or YAML. */
const token = (prefix = '') => prefix + randomBytes(32).toString('base64url');

/** Values that are printed in manuals, examples or the project this one replaces; whoever uses them is unlocked. */
export const PUBLISHED_VALUES: readonly string[] = [
  'sk-1234',
  'sk-poc-litellm-master-key-change-in-production',
  'poc-provisioner-secret-change-in-production',
  'litellm',
  'postgres',
  'coderpassword',
  'password',
  'changeme',
  'NoTaGrEaTpAsSwOrD',
];

export const SECRETS: readonly Secret[] = [
  {
    name: 'litellm_master_key',
    purpose: "LiteLLM's admin key; held by LiteLLM and the key-provisioner only",
    minimumLength: 32,
    prefix: 'sk-',
    generate: () => token('sk-'),
  },
  {
    name: 'litellm_salt_key',
    purpose: 'encrypts the credentials that LiteLLM stores; never change it once the database holds any',
    minimumLength: 32,
    generate: () => token(),
  },
  { name: 'postgres_password', purpose: "the database role's password", minimumLength: 24, generate: () => token() },
  {
    name: 'provisioner_admin_token',
    purpose: "the key-provisioner's admin API (`gateway keys …`)",
    minimumLength: 32,
    generate: () => token(),
  },
  {
    name: 'workspace_identity_secret',
    purpose: 'proves to the key-provisioner which workspace is asking; also a variable of the workspace template',
    minimumLength: 32,
    generate: () => token(),
  },
  {
    name: 'key_derivation_secret',
    purpose: 'virtual keys are derived from it; a new one gives everybody a new key',
    minimumLength: 32,
    generate: () => token(),
  },
  { name: 'anthropic_api_key', purpose: 'Anthropic', minimumLength: 8, environment: ['ANTHROPIC_API_KEY'] },
  { name: 'aws_access_key_id', purpose: 'Bedrock', minimumLength: 16, environment: ['AWS_ACCESS_KEY_ID'] },
  { name: 'aws_secret_access_key', purpose: 'Bedrock', minimumLength: 16, environment: ['AWS_SECRET_ACCESS_KEY'] },
  {
    name: 'aws_session_token',
    purpose: 'Bedrock, temporary credentials only',
    minimumLength: 0,
    environment: ['AWS_SESSION_TOKEN'],
  },
  { name: 'openai_api_key', purpose: 'OpenAI', minimumLength: 8, environment: ['OPENAI_API_KEY'] },
  { name: 'azure_api_key', purpose: 'Azure OpenAI', minimumLength: 8, environment: ['AZURE_API_KEY'] },
  {
    name: 'vertex_credentials',
    purpose: 'Vertex AI, a service account key as JSON',
    minimumLength: 8,
    environment: ['VERTEX_CREDENTIALS'],
  },
  {
    name: 'coder_token',
    purpose: 'lets the key-provisioner confirm workspaces (scopes workspace:read and template:read)',
    minimumLength: 8,
    environment: ['CODER_TOKEN', 'CODER_SESSION_TOKEN'],
  },
];

/** Finds a secret by its name. */
export function secret(name: SecretName): Secret {
  const found = SECRETS.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no secret is called "${name}"; known are ${SECRET_NAMES.join(', ')}`);
  return found;
}
