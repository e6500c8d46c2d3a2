import type { Io } from '../terminal/io';
import { plural, sanitize } from '../terminal/output';
import type { Finding, Report } from './diagnose';

/** The report for programs. Its field names are a promise to scripts. */
export const reportAsJson = ({ findings, skipped, checked }: Report) => ({
  findings: findings.map(({ fix, ...finding }) => ({
    ...finding,
    fix: fix.flatMap(({ advice, command }) => [advice, ...(command === undefined ? [] : [command])]),
  })),
  notExamined: skipped.map(({ reason, ...symptom }) => ({ ...symptom, because: reason })),
  examined: checked,
});

/** Prints the report: faults, notices, then what could not be checked. */
export function showReport(io: Io, { findings, skipped, checked }: Report): void {
  const { style } = io;
  const faults = findings.filter(({ kind }) => kind === 'fault');
  const notices = findings.filter(({ kind }) => kind === 'notice');
  for (const fault of faults) io.print(...lines(io, fault, style.red('✖')), '');
  for (const notice of notices) io.print(...lines(io, notice, style.yellow('!')), '');
  const result = faults.length === 0 ? style.green('no fault found') : `${plural(faults.length, 'fault')} found`;
  io.print(`${checked} symptoms checked: ${result}`);
  for (const reason of new Set(skipped.map((symptom) => symptom.reason))) {
    const ids = skipped.filter((symptom) => symptom.reason === reason).map(({ id }) => id);
    io.print(
      io.wrap(style.dim(`skipped: ${ids.join(', ')}`), 2),
      io.wrap(style.dim(`  reason: ${sanitize(reason)}`), 2),
    );
  }
}

/** Columns of the labels with the space around them. */
const INDENT = 12;

function lines(io: Io, { title, cause, evidence, fix, id }: Finding, sign: string): string[] {
  const { style } = io;
  const label = (text: string, index = 0) => `  ${style.dim((index === 0 ? text : '').padEnd(INDENT - 3))} `;
  const prose = (text: string) => io.wrap(text, INDENT);
  return [
    io.wrap(`${sign} ${style.bold(title)} ${style.dim(`[${id}]`)}`, 2),
    prose(`${label('cause')}${sanitize(cause)}`),
    ...evidence.map((line, index) => prose(`${label('evidence', index)}${sanitize(line)}`)),
    ...fix.flatMap(({ advice, command }, index) => [
      prose(`${label('fix', index)}${sanitize(advice)}`),
      // A command is to be pasted, so it stays as it is.
      ...(command === undefined ? [] : [`${' '.repeat(INDENT + 2)}${sanitize(command)}`]),
    ]),
  ];
}
