import { pathText } from '../changes';
import type { Synthesized } from '../comparison';
import type { Finding } from '../finding';
import { report, tally, verdict } from '../report';
import { github } from './github';
import type { Locations } from './locations';
import { sarif } from './sarif';

/** What a review can be written as. */
export const FORMATS = ['markdown', 'json', 'sarif', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/** A review that is ready to be written. */
export interface Review {
  /** What was compared with, as the person named it. */
  readonly base: string;
  readonly before: Synthesized;
  readonly after: Synthesized;
  readonly findings: readonly Finding[];
  readonly locations: Locations;
}

/** The text of a review; ends with a line break, unless it is empty. */
export function format(as: Format, { base, before, after, findings, locations }: Review): string {
  switch (as) {
    case 'markdown':
      return report(findings, before, after, base);
    case 'json':
      return json({
        base,
        verdict: verdict(findings),
        severities: tally(findings),
        findings: findings.map(({ paths, ...finding }) => ({ ...finding, paths: paths.map(pathText) })),
      });
    case 'sarif':
      return json(sarif(findings, locations));
    case 'github':
      return github(findings, locations);
  }
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
