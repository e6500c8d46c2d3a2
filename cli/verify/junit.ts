import type { Result } from './run-checks';

/** The results in JUnit's XML, which CI systems show. */
export function junit(results: readonly Result[]): string {
  const count = (status: Result['status']) => results.filter((result) => result.status === status).length;
  const total = results.reduce((sum, { seconds }) => sum + seconds, 0);
  const cases = results.map(({ title, status, detail, seconds }) => {
    const inner =
      status === 'fail'
        ? `<failure message="${escaped(detail)}"/>`
        : status === 'skip'
          ? `<skipped message="${escaped(detail)}"/>`
          : '';
    return `    <testcase classname="gateway.verify" name="${escaped(title)}" time="${seconds.toFixed(3)}">${inner}</testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="gateway verify" tests="${results.length}" failures="${count('fail')}" skipped="${count('skip')}" time="${total.toFixed(3)}">
${cases.join('\n')}
  </testsuite>
</testsuites>
`;
}

const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\n\t]/g, ' ');
