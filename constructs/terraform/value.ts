import type { EnvValue } from '../../workloads/value';
import { literal } from './literal';

/** What a value refers to outside itself, in this runtime. */
export interface Surroundings {
  /** Where the workload's file of this name is. */
  readonly path: (file: string) => string;
}

/** A value as a Terraform template: text with `${…}` where a secret goes. */
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
      return `\${sha256("${quotable(literal(value.purpose))}:\${var.${value.secret}}")}`;
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
  const quoted = fixed.map(({ name, value }) => `"${name}=${quotedTemplate(value, surroundings)}"`);
  return `\${compact([${[...quoted, ...optional].join(', ')}])}`;
}

/** The same template inside the quotes of an expression, where free text needs backslashes too. */
function quotedTemplate(value: EnvValue, surroundings: Surroundings): string {
  if (value.kind === 'joined') return value.parts.map((part) => quotedTemplate(part, surroundings)).join('');
  const template = terraformTemplate(value, surroundings);
  return value.kind === 'literal' || value.kind === 'path' ? quotable(template) : template;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const quotable = (text: string) => text.replace(/["\\\n\r\t]/g, (character) => ESCAPES[character] ?? `\\${character}`);
