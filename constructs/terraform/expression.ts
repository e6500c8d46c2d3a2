import { quoted } from './literal';

/** A part of a value that Terraform works out. */
export class Expression {
  constructor(readonly hcl: string) {}
}

/** A value in which expressions may stand anywhere. */
export type ExpressionValue =
  | string
  | number
  | boolean
  | Expression
  | readonly ExpressionValue[]
  | { readonly [name: string]: ExpressionValue };

/** The value as an expression of HCL. Texts are taken as they stand: only an {@link Expression} is evaluated. */
export function expressionOf(value: ExpressionValue): string {
  if (value instanceof Expression) return value.hcl;
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(expressionOf).join(', ')}]`;
  const entries = Object.entries(value).map(([name, inner]) => `${quoted(name)} = ${expressionOf(inner)}`);
  return `{ ${entries.join(', ')} }`;
}
