import type { Io } from '../../terminal/io';
import { day, plural, sanitize, usd } from '../../terminal/output';
import { type Column, table } from '../../terminal/table';
import type { Audit, AuditEntry } from '../audit/audit';
import type { BillComparison } from '../bill/compare';
import { NEGLIGIBLE } from '../corrections/plan';
import type { Change } from '../corrections/store';

/** Rows of a table; all of them are in `--json` and `--csv`. */
const ROWS = 40;
/** Characters of a name in a table. */
const NAME = 18;

const DIFFERENCES: readonly Column[] = [
  { heading: 'day' },
  { heading: 'key' },
  { heading: 'model' },
  { heading: 'requests', align: 'right', expendable: 3 },
  { heading: 'counted', align: 'right', expendable: 1 },
  { heading: 'expected', align: 'right' },
  { heading: 'difference', align: 'right' },
];

/** The audit for people: what differs, what could not be priced, and the sums. */
export function showAudit(io: Io, audit: Audit): void {
  const { style } = io;
  if (audit.rows === 0) {
    io.print('no requests in the ledger for this time');
    return;
  }
  const differing = audit.entries.filter(({ difference }) => Math.abs(difference) >= NEGLIGIBLE);
  const shown = [...differing].sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference)).slice(0, ROWS);
  shown.sort((a, b) => a.group.day.localeCompare(b.group.day));
  if (shown.length > 0) io.print(table(io, DIFFERENCES, shown.map(row)));
  if (differing.length > shown.length) {
    io.print(
      style.dim(`… and ${differing.length - shown.length} more with smaller differences; --csv and --json print all`),
    );
  }
  for (const { reason, name, model, requests, counted } of audit.notPriced) {
    const of = sanitize(name || model || 'no model');
    io.print(
      io.wrap(
        `${style.yellow('not priced')}: ${plural(requests, 'request')} for ${of}, ${usd(counted)} counted (${reason})`,
      ),
    );
  }
  if (shown.length > 0 || audit.notPriced.length > 0) io.print('');
  const failed = `${plural(audit.failed, 'request')} failed without a usage and ${audit.failed === 1 ? 'is' : 'are'} taken as not billed`;
  if (audit.failed > 0) io.print(style.dim(io.wrap(failed)));
  const agree = audit.entries.length - differing.length;
  io.print(
    io.wrap(
      `${plural(audit.rows, 'request')} of a ledger that begins on ${day(audit.extent.begins)}: ${usd(audit.counted)} counted, ${usd(audit.expected)} expected`,
    ),
    ...(Math.abs(audit.corrected) >= NEGLIGIBLE ? [`${signed(audit.corrected)} corrected earlier`] : []),
    `${signed(audit.difference)} difference (${audit.deviationPercent.toFixed(2)} %); ${agree} of ${audit.entries.length} agree`,
  );
}

const row = ({ group, keyName, difference }: AuditEntry): string[] => [
  group.day,
  shortened(keyName),
  shortened(sanitize(group.name)),
  String(group.requests),
  usd(group.counted),
  usd(group.expected),
  signed(difference),
];

const BILL: readonly Column[] = [
  { heading: 'day' },
  { heading: 'model' },
  { heading: 'billed', align: 'right' },
  { heading: 'expected', align: 'right' },
  { heading: 'counted', align: 'right', expendable: 1 },
  { heading: 'unexplained', align: 'right' },
];

/** The provider's bill beside the ledger. */
export function showBill(io: Io, bill: BillComparison): void {
  const { style } = io;
  io.print('', style.bold(bill.format));
  for (const warning of bill.warnings) io.print(io.wrap(`${style.yellow('warning')}: ${warning}`));
  const rows = bill.entries.map(({ day: on, model, billed, expected, counted, unexplained }) => [
    on,
    sanitize(model),
    signed(billed, ''),
    usd(expected),
    counted === undefined ? '–' : usd(counted),
    signed(unexplained),
  ]);
  if (rows.length > 0) io.print(table(io, BILL, rows));
  for (const { day: on, billed } of bill.outside) {
    io.print(io.wrap(`${style.yellow('outside the ledger')}: ${on}, ${signed(billed, '')} billed`));
  }
  io.print(
    io.wrap(
      `${signed(bill.billed, '')} billed, ${usd(bill.expected)} expected, ${signed(bill.unexplained)} that nobody can explain`,
    ),
  );
}

const CHANGES: readonly Column[] = [{ heading: 'what' }, { heading: 'name' }, { heading: 'change', align: 'right' }];

/** What `--apply` is going to change. */
export function showPlan(io: Io, changes: readonly Change[]): void {
  const rows = changes.map(({ kind, name, difference }) => [kind, shortened(name, 44), signed(difference)]);
  io.print('', table(io, CHANGES, rows));
}

/** `+$0.35`, `-$0.02`; amounts that no budget feels keep the digits that matter. */
export function signed(amount: number, plus = '+'): string {
  if (Math.abs(amount) < NEGLIGIBLE) return '$0.00';
  return `${amount < 0 ? '-' : plus}${usd(Math.abs(amount)).replace('<', '')}`;
}

function shortened(name: string, length = NAME): string {
  const text = sanitize(name);
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
