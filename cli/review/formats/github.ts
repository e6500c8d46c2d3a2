import type { Finding, Severity } from '../finding';
import { HEADINGS } from '../report';
import type { Locations } from './locations';
import { plain } from './sarif';

const COMMANDS: Readonly<Record<Severity, string>> = {
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
};

/** Findings as workflow commands: GitHub shows each at its line of the pull request. Ends with a line break, unless there are none. */
export function github(findings: readonly Finding[], locations: Locations): string {
  return findings
    .map((finding) => {
      const { file, line } = locations.of(finding);
      const properties = { file, line: String(line), title: `${HEADINGS[finding.area]} (${finding.severity})` };
      const list = Object.entries(properties).map(([name, text]) => `${name}=${property(text)}`);
      return `::${COMMANDS[finding.severity]} ${list.join(',')}::${data(plain(finding.text))}\n`;
    })
    .join('');
}

/** A command ends with its line, and a `%` begins an escape. */
const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** A property also ends with a comma, and all of them with a colon. */
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
