/** How much a reviewer should care, from most to least. */
export const SEVERITIES = ['high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Headings of the report, in its order. */
export const AREAS = [
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
] as const;
export type Area = (typeof AREAS)[number];

/** One thing a change means. */
export interface Finding {
  readonly severity: Severity;
  readonly area: Area;
  /** One sentence of Markdown, from the view of those it concerns. */
  readonly text: string;
}

/** Makes findings of one area. */
export const findingsOf =
  (area: Area) =>
  (severity: Severity, text: string): Finding => ({ severity, area, text });

/** Whether a severity reaches a bar. */
export const reaches = (severity: Severity, bar: Severity): boolean =>
  SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(bar);

/** Values as code, in a list for people: `` `a`, `b` ``. Backticks and line breaks inside cannot end the code. */
export const code = (...values: readonly unknown[]): string =>
  values.map((value) => `\`${String(value).replaceAll('`', "'").replaceAll(/\s+/g, ' ')}\``).join(', ');
