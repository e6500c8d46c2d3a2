import type { Audit, AuditEntry } from '../../../../cli/spend/audit/audit';
import type { BillComparison } from '../../../../cli/spend/bill/compare';
import { csv } from '../../../../cli/spend/format/csv';
import { showAudit, showBill, showPlan } from '../../../../cli/spend/format/text';
import { auditAsJson } from '../../../../cli/spend/format/values';
import { testContext } from '../in-process';
import { accounts, group } from './rows';

const KEY_NAME = 'workspace-0f8fad5b-d9cb-469f-a165-70867728950e';
const entry = (changes: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ group: group({ counted: 12345.6789, expected: 23456.789 }), keyName: KEY_NAME, userName: 'ada', corrected: 0 },
  difference: 11111.1101,
  ...changes,
});
const audit = (changes: Partial<Audit> = {}): Audit => ({
  ...{ extent: { begins: '2026-09-27T08:00:00.000Z', ends: '2026-11-26T10:00:00.000Z' }, rows: 1234567, failed: 3 },
  ...{ entries: [entry()], counted: 12345.6789, expected: 23456.789, corrected: 0, difference: 11111.1101 },
  notPriced: [
    {
      reason: 'the catalog has no price for fastMode',
      name: 'claude-haiku-4-5',
      model: 'x',
      requests: 2,
      counted: 0.5,
    },
  ],
  ...{
    deviationPercent: 47.37,
    notPricedPercent: 0.001,
    accounts: accounts(),
    settled: { records: 0, groups: new Map() },
  },
  ...changes,
});
const comparison: BillComparison = {
  ...{
    format: "Anthropic's cost report",
    billed: 30_000,
    expected: 23456.789,
    unexplained: 6543.211,
    warnings: ['w'.repeat(20)],
  },
  entries: [
    {
      day: '2026-11-26',
      model: 'sonnet 5.5',
      billed: 30_000,
      expected: 23456.789,
      counted: 12345.6789,
      unexplained: 6543.211,
    },
  ],
  outside: [{ day: '2026-09-01', billed: 4 }],
};

test('what is printed for people holds at 80 columns', () => {
  const { context, stdout } = testContext({ COLUMNS: '80' });
  showAudit(context.io, audit());
  showBill(context.io, comparison);
  showPlan(context.io, [{ kind: 'key', id: 'x', name: KEY_NAME, difference: 11111.1101 }]);
  const lines = stdout.text().split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(stdout.text()).toMatch(/^2026-11-26 {2}workspace-0f8fad5… {2}claude-sonnet-5-5 .*\+\$11111.11$/m);
  expect(stdout.text()).toContain('not priced: 2 requests for claude-haiku-4-5');
  expect(stdout.text()).toContain('of a ledger that begins on 2026-09-27');
  expect(stdout.text()).toContain('outside the ledger: 2026-09-01, $4.00 billed');
  expect(stdout.text()).toContain('that nobody can explain');
});

test('of many differences the largest are printed, and the number of the others', () => {
  const { context, stdout } = testContext({ COLUMNS: '80' });
  const entries = Array.from({ length: 60 }, (_, at) => entry({ keyName: `ci-${at}`, difference: at + 1 }));
  showAudit(context.io, audit({ entries }));
  expect(stdout.text()).toContain('ci-59');
  expect(stdout.text()).not.toMatch(/ci-0\b/);
  expect(stdout.text()).toContain('20 more with smaller differences');
});

test('JSON has fields of fixed names, and numbers without the noise of binary fractions', () => {
  const entries = [entry({ group: group({ counted: 0.1 + 0.2, expected: 0.6 }), difference: 0.3 })];
  const document = auditAsJson({
    audit: audit({ entries }),
    thresholdPercent: 0.5,
    withinThreshold: false,
    bill: comparison,
  });
  expect(document.entries).toEqual([
    {
      ...{ day: '2026-11-26', key: 'key-1', key_name: KEY_NAME, user: 'ada', user_name: 'ada', team: '' },
      ...{ model: 'claude-sonnet-5-5', deployment: 'anthropic/claude-sonnet-5-5', requests: 10 },
      ...{ counted: 0.3, expected: 0.6, corrected: 0, difference: 0.3 },
    },
  ]);
  expect(Object.keys(document)).toEqual([
    ...[
      'ledger',
      'failed_without_usage',
      'threshold_percent',
      'within_threshold',
      'counted',
      'expected',
      'corrected',
      'difference',
    ],
    ...['deviation_percent', 'not_priced_percent', 'entries', 'not_priced', 'bill'],
  ]);
  expect(document.ledger).toEqual({
    begins: '2026-09-27T08:00:00.000Z',
    ends: '2026-11-26T10:00:00.000Z',
    requests: 1234567,
  });
});

test('CSV quotes what would break it, and hands no formula to a spreadsheet', () => {
  expect(csv(['a', 'b'], [{ a: 'x,"y"', b: 1 }, { a: '=1+1', b: -2 }, { a: 'z' }])).toBe(
    'a,b\n"x,""y""",1\n\'=1+1,-2\nz,',
  );
});
