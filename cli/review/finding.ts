import type { Path } from './changes';

/** How much a reviewer should care, from most to least. */
export const SEVERITIES = ['high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Headings of the report, in its order. */
export const AREAS = [
  'base',
  'models',
  'policies',
  'gateway',
  'network',
  'privileges',
  'images',
  'secrets',
  'data',
  'template',
  'plan',
  'resources',
  'other',
] as const;
export type Area = (typeof AREAS)[number];

/** One thing a change means. */
export interface Finding {
  readonly severity: Severity;
  readonly area: Area;
  /** What kind of finding it is, the same from run to run: `models/removed`. */
  readonly rule: string;
  /** One sentence of Markdown, from the view of those it concerns. */
  readonly text: string;
  /** Places in `deployment.json` that it tells of, with everything below them. Empty where only Terraform shows it. */
  readonly paths: readonly Path[];
}

/** Makes findings of one area: `finding('high', 'removed', 'text', [['models', name]])`. */
export const findingsOf =
  (area: Area) =>
  (severity: Severity, rule: string, text: string, paths: readonly Path[] = []): Finding => ({
    severity,
    area,
    rule: `${area}/${rule}`,
    text,
    paths,
  });

/** Whether a severity reaches a bar. */
export const reaches = (severity: Severity, bar: Severity): boolean =>
  SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(bar);

/** Values as code, in a list for people: `` `a`, `b` ``. Backticks and line breaks inside cannot end the code. */
export const code = (...values: readonly unknown[]): string =>
  values.map((value) => `\`${String(value).replaceAll('`', "'").replaceAll(/\s+/g, ' ')}\``).join(', ');

/** Any value as one word of code; long ones are cut. */
export function value(of: unknown): string {
  if (of === undefined) return 'nothing';
  const text = typeof of === 'string' ? of : JSON.stringify(of);
  return code(text.length > 120 ? `${text.slice(0, 117)}…` : text);
}

/** `1 key`, `3 keys`, `2 people`; the plural is the word and an s unless it is given. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
