import type { SecretName } from '../settings/secrets';

/** Names of the workloads; another workload reaches one under its name. */
export type WorkloadName =
  | 'postgres'
  | 'litellm'
  | `litellm-${number}`
  | 'valkey'
  | 'edge'
  | 'key-provisioner'
  | 'coder-postgres'
  | 'coder'
  | 'door'
  | 'workspace';

interface Literal {
  readonly kind: 'literal';
  readonly text: string;
}

interface Variable {
  readonly kind: 'variable';
  readonly secret: SecretName;
  readonly encoding: 'none' | 'url';
  readonly optional: boolean;
}

interface Derived {
  readonly kind: 'derived';
  readonly secret: SecretName;
  readonly purpose: string;
}

interface Reference {
  readonly kind: 'reference';
  readonly workload: WorkloadName;
  readonly port: number;
}

interface Path {
  readonly kind: 'path';
  readonly file: string;
}

interface WorkspaceFact {
  readonly kind: 'workspace';
  readonly fact: WorkspaceFactName;
}

interface Parameter {
  readonly kind: 'parameter';
  readonly parameter: string;
}

interface Choice {
  readonly kind: 'choice';
  readonly parameter: string;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * What is known of a workspace when it starts. `token` proves its identity to the key-provisioner, `agentToken` to Coder, and
 * `agentScript` is the program that fetches and starts Coder's agent.
 */
export type WorkspaceFactName =
  | 'id'
  | 'name'
  | 'ownerId'
  | 'ownerName'
  | 'ownerFullName'
  | 'ownerEmail'
  | 'token'
  | 'agentToken'
  | 'agentScript';

interface Joined {
  readonly kind: 'joined';
  readonly parts: readonly EnvValue[];
}

/**
 * A value of an environment variable or an argument. A secret is another type than a text, so the compiler stops one where
 * the other belongs; each runtime decides how it passes a secret on.
 */
export type EnvValue = Literal | Variable | Derived | Reference | Path | WorkspaceFact | Parameter | Choice | Joined;

export const EnvValue = {
  /** A text as it stands, whatever characters it holds. */
  literal: (text: string): EnvValue => ({ kind: 'literal', text }),

  /** A secret's value. */
  variable: (secret: SecretName): EnvValue => ({ kind: 'variable', secret, encoding: 'none', optional: false }),

  /** A secret's value inside a URL. */
  variableInUrl: (secret: SecretName): EnvValue => ({ kind: 'variable', secret, encoding: 'url', optional: false }),

  /** A secret's value; where it is empty, the environment variable is not set at all. */
  optionalVariable: (secret: SecretName): EnvValue => ({ kind: 'variable', secret, encoding: 'none', optional: true }),

  /** 64 hexadecimal digits made of a secret and a purpose: as secret as the secret, and of no use for another purpose. */
  derived: (secret: SecretName, purpose: string): EnvValue => ({ kind: 'derived', secret, purpose }),

  /** `host:port` of another workload, as this one reaches it. */
  reference: (workload: WorkloadName, port: number): EnvValue => ({ kind: 'reference', workload, port }),

  /** Where the runtime has put one of the workload's files. */
  path: (file: string): EnvValue => ({ kind: 'path', file }),

  /** A fact about the workspace it runs for; only for what runs once per workspace. */
  workspace: (fact: WorkspaceFactName): EnvValue => ({ kind: 'workspace', fact }),

  /** What the person chose in the workspace's form. */
  parameter: (parameter: string): EnvValue => ({ kind: 'parameter', parameter }),

  /** A text for each value a parameter may have. */
  choice: (parameter: string, values: Readonly<Record<string, string>>): EnvValue => ({
    kind: 'choice',
    parameter,
    values,
  }),

  /** Several values, one after the other. */
  join: (...parts: readonly (EnvValue | string)[]): EnvValue => ({
    kind: 'joined',
    parts: parts.map((part) => (typeof part === 'string' ? EnvValue.literal(part) : part)),
  }),
};

/** Names of the secrets a value holds. */
export function secretsOf(value: EnvValue): SecretName[] {
  if (value.kind === 'joined') return value.parts.flatMap(secretsOf);
  return value.kind === 'variable' || value.kind === 'derived' ? [value.secret] : [];
}
