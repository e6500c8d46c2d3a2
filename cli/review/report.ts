import type { Synthesized } from './comparison';
import { AREAS, type Area, type Finding, plural, SEVERITIES, type Severity } from './finding';
import { freshIn, picture } from './picture';

const SIGNS: Record<Severity, string> = { high: '🔴', medium: '🟠', low: '🟡', info: '⚪' };
/** What each area is called in reports. */
export const HEADINGS: Readonly<Record<Area, string>> = {
  base: 'What could not be compared',
  models: 'Models and prices',
  policies: 'Policies and costs',
  gateway: 'Gateway',
  network: 'Networks and ports',
  privileges: 'Privileges',
  images: 'Images',
  secrets: 'Secrets',
  data: 'Data',
  template: 'Workspace template',
  plan: 'What the plan does',
  resources: 'Containers',
  other: 'Everything else',
};

/** The one line a reviewer reads first. */
export function verdict(findings: readonly Finding[]): string {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const [high, medium, low] = [count('high'), count('medium'), count('low')];
  if (high > 0)
    return `${SIGNS.high} **Look closely**: ${plural(high, 'high risk')}${medium > 0 ? `, ${plural(medium, 'medium risk')}` : ''}.`;
  if (medium > 0) return `${SIGNS.medium} **Worth a look**: ${plural(medium, 'medium risk')}, none high.`;
  if (low > 0) return `${SIGNS.low} **Small change**: ${plural(low, 'thing')} to know, no risk found.`;
  return findings.length > 0
    ? `${SIGNS.info} **Harmless**: nothing people would notice.`
    : `${SIGNS.info} **No effect**: the same is deployed before and after.`;
}

/** The whole report as Markdown for a pull request. */
export function report(findings: readonly Finding[], before: Synthesized, after: Synthesized, base: string): string {
  const risks = findings.filter(({ severity }) => severity === 'high' || severity === 'medium');
  const rest = findings.filter((finding) => !risks.includes(finding));
  const sections = AREAS.flatMap((area) => {
    const own = rest.filter((finding) => finding.area === area);
    return own.length > 0 ? ['', `### ${HEADINGS[area]}`, '', ...own.map(line)] : [];
  });
  const [was, is] = [picture(before.platform), picture(after.platform)];
  const pictures =
    was === is
      ? []
      : [
          '',
          '<details><summary>Picture of the platform, before and after</summary>',
          '',
          '**Before**',
          '',
          '```mermaid',
          was,
          '```',
          '',
          '**After** (changed parts framed)',
          '',
          '```mermaid',
          picture(after.platform, { fresh: freshIn(before.platform, after.platform) }),
          '```',
          '',
          '</details>',
        ];
  return `${[
    '## Gateway review',
    '',
    verdict(findings),
    '',
    `Compared with \`${base}\`.`,
    ...(risks.length > 0 ? ['', '### Risks', '', ...risks.map(line)] : []),
    ...sections,
    ...pictures,
  ].join('\n')}\n`;
}

const line = ({ severity, text }: Finding) => `- ${SIGNS[severity]} ${text}`;

/** How many findings there are of each severity. */
export const tally = (findings: readonly Finding[]): Record<Severity, number> =>
  Object.fromEntries(
    SEVERITIES.map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length]),
  ) as Record<Severity, number>;
