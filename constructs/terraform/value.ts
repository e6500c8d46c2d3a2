import type { EnvValue, WorkspaceFactName } from '../../workloads/value';
import { parameterExpression } from './coder-data';
import { escaped, literal, quoted } from './literal';

/** What a value refers to outside itself, in this runtime. */
export interface Surroundings {
  /** Where the workload's file of this name is. */
  readonly path: (file: string) => string;
  /** Templates for the facts about a workspace. @default - what runs is not of one workspace */
  readonly workspace?: Readonly<Record<WorkspaceFactName, string>>;
}

/**
 * A value as a Terraform template: text with `${…}` where a secret goes.
 *
 * @throws Error where a value asks for a workspace and there is none
 */
export function terraformTemplate(value: EnvValue, surroundings: Surroundings): string {
  switch (value.kind) {
    case 'literal':
      return literal(value.text);
    case 'path':
      return literal(surroundings.path(value.file));
    case 'reference':
      return `${value.workload}:${value.port}`;
    case 'variable':
      return value.encoding === 'url'
        ? `\${replace(urlencode(var.${value.secret}), "+", "%20")}`
        : `\${var.${value.secret}}`;
    case 'derived':
      return `\${sha256("${escaped(literal(value.purpose))}:\${var.${value.secret}}")}`;
    case 'workspace':
      if (!surroundings.workspace) throw new Error(`"${value.fact}" is known only in a workspace's template`);
      return surroundings.workspace[value.fact];
    case 'parameter':
      return `\${${parameterExpression(value.parameter)}}`;
    case 'choice': {
      const entries = Object.entries(value.values).map(([choice, text]) => `${quoted(choice)} = ${quoted(text)}`);
      return `\${{ ${entries.join(', ')} }[${parameterExpression(value.parameter)}]}`;
    }
    case 'joined':
      return value.parts.map((part) => terraformTemplate(part, surroundings)).join('');
  }
}

/**
 * Environment variables as the Docker provider takes them: `NAME=value`, sorted, since it keeps them as a set. With an
 * optional secret among them the whole list is one expression that leaves the empty ones out.
 */
export function terraformEnvironment(
  environment: Readonly<Record<string, EnvValue>>,
  surroundings: Surroundings,
): string[] | string {
  const entries = Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1));
  const optional = entries.flatMap(([name, value]) =>
    value.kind === 'variable' && value.optional
      ? [`var.${value.secret} == "" ? "" : "${name}=\${var.${value.secret}}"`]
      : [],
  );
  const fixed = entries
    .filter(([, value]) => !(value.kind === 'variable' && value.optional))
    .map(([name, value]) => ({ name, template: terraformTemplate(value, surroundings), value }));
  if (optional.length === 0) return fixed.map(({ name, template }) => `${name}=${template}`);
  const list = fixed.map(({ name, value }) => `"${name}=${quotedTemplate(value, surroundings)}"`);
  return `\${compact([${[...list, ...optional].join(', ')}])}`;
}

/** The same template inside the quotes of an expression, where free text needs backslashes too. */
export function quotedTemplate(value: EnvValue, surroundings: Surroundings): string {
  if (value.kind === 'joined') return value.parts.map((part) => quotedTemplate(part, surroundings)).join('');
  const template = terraformTemplate(value, surroundings);
  return value.kind === 'literal' || value.kind === 'path' ? escaped(template) : template;
}
