import { createHash } from 'node:crypto';
import { PRODUCT } from '../../../package-root';
import { pathText } from '../changes';
import type { Finding, Severity } from '../finding';
import { HEADINGS } from '../report';
import type { Locations } from './locations';

/** SARIF knows three levels that are shown. */
const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** Findings as SARIF 2.1.0, for code scanning and editors. */
export function sarif(findings: readonly Finding[], locations: Locations): object {
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'gateway review',
            version: PRODUCT.version,
            rules: rules.map((id) => ({
              id,
              shortDescription: { text: describeRule(id, findings) },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => result(finding, rules, locations)),
      },
    ],
  };
}

/** The part of the report and the kind of finding in it: `Models and prices: removed`. */
function describeRule(id: string, findings: readonly Finding[]): string {
  const area = findings.find(({ rule }) => rule === id)?.area ?? 'other';
  return `${HEADINGS[area]}: ${id.slice(area.length + 1).replaceAll('-', ' ')}`;
}

function result(finding: Finding, rules: readonly string[], locations: Locations): object {
  const { file, line } = locations.of(finding);
  const { severity, area, rule, text, paths } = finding;
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: LEVELS[severity],
    message: { text: plain(text), markdown: text },
    locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region: { startLine: line } } }],
    partialFingerprints: { 'gatewayReview/v1': createHash('sha256').update(`${rule}\n${text}`).digest('hex') },
    properties: { severity, area, paths: paths.map(pathText) },
  };
}

/** Markdown's marks taken out, where it is shown as it stands. */
export const plain = (markdown: string): string => markdown.replaceAll('**', '').replaceAll('`', '');
