import type { Audit, AuditEntry } from '../audit/audit';
import type { BillComparison } from '../bill/compare';
import type { Correction } from '../corrections/store';

/** Below a thousandth of a cent, what is printed is rounded. */
export const rounded = (usd: number): number => Math.round(usd * 1e8) / 1e8 || 0;

/** One entry as JSON and CSV have it: the fields are stable. */
export const entryFields = ({ group, keyName, userName, corrected, difference }: AuditEntry) => ({
  day: group.day,
  key: group.key,
  key_name: keyName,
  user: group.user,
  user_name: userName,
  team: group.team,
  model: group.name,
  deployment: group.deployment,
  requests: group.requests,
  counted: rounded(group.counted),
  expected: rounded(group.expected),
  corrected: rounded(corrected),
  difference: rounded(difference),
});

/** What `--json` prints. */
export interface AuditDocument {
  readonly audit: Audit;
  readonly thresholdPercent: number;
  readonly withinThreshold: boolean;
  readonly bill?: BillComparison | undefined;
  readonly corrections?: readonly Correction[] | undefined;
}

export function auditAsJson({ audit, thresholdPercent, withinThreshold, bill, corrections }: AuditDocument) {
  return {
    ledger: { begins: audit.extent.begins ?? null, ends: audit.extent.ends ?? null, requests: audit.rows },
    failed_without_usage: audit.failed,
    threshold_percent: thresholdPercent,
    within_threshold: withinThreshold,
    counted: rounded(audit.counted),
    expected: rounded(audit.expected),
    corrected: rounded(audit.corrected),
    difference: rounded(audit.difference),
    deviation_percent: rounded(audit.deviationPercent),
    not_priced_percent: rounded(audit.notPricedPercent),
    entries: audit.entries.map(entryFields),
    not_priced: audit.notPriced.map(({ reason, name, model, requests, counted }) => ({
      reason,
      model: name,
      provider_model: model,
      requests,
      counted: rounded(counted),
    })),
    ...(bill ? { bill: billAsJson(bill) } : {}),
    ...(corrections ? { corrections: corrections.map(correctionFields) } : {}),
  };
}

const billAsJson = (bill: BillComparison) => ({
  format: bill.format,
  billed: rounded(bill.billed),
  expected: rounded(bill.expected),
  unexplained: rounded(bill.unexplained),
  entries: bill.entries.map(({ day, model, billed, expected, counted, unexplained }) => ({
    day,
    model,
    billed: rounded(billed),
    expected: rounded(expected),
    counted: counted === undefined ? null : rounded(counted),
    unexplained: rounded(unexplained),
  })),
  outside_ledger: bill.outside.map(({ day, billed }) => ({ day, billed: rounded(billed) })),
  warnings: bill.warnings,
});

/** One correction as JSON and CSV have it. */
export const correctionFields = ({
  run,
  appliedAt,
  appliedBy,
  kind,
  id,
  name,
  before,
  difference,
  after,
}: Correction) => ({
  run,
  applied_at: appliedAt,
  applied_by: appliedBy,
  kind,
  id,
  name,
  before: rounded(before),
  difference: rounded(difference),
  after: rounded(after),
});
