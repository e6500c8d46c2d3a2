import { type Command, Option } from 'commander';
import { catalog } from '../../catalog/catalog';
import { servedModels } from '../../settings/served-models';
import type { CommandContext } from '../context';
import { EXIT, usageError } from '../errors';
import {
  type CredentialOptions,
  type GlobalOptions,
  optionsOf,
  type SettingsOptions,
  secretsFileOption,
  settingsOption,
} from '../options';
import { working } from '../terminal/progress';
import { correct } from './apply';
import { type Audit, auditLedger, percent } from './audit/audit';
import type { Bill } from './bill/bill';
import { type BillComparison, compareBill } from './bill/compare';
import { readBill } from './bill/read';
import { csv } from './format/csv';
import { showAudit, showBill } from './format/text';
import { auditAsJson, entryFields, rounded } from './format/values';
import { withLedger } from './ledger/open';
import { type DemoOptions, dayArgument, demoOption, percentArgument } from './options';

/** LiteLLM's own rounding stays far below; a price that is a hundredth off does not. */
const THRESHOLD_PERCENT = 0.5;

interface Options extends SettingsOptions, CredentialOptions, DemoOptions, GlobalOptions {
  readonly from?: string;
  readonly to?: string;
  readonly threshold: number;
  readonly csv?: boolean;
  readonly report?: string;
  readonly workspace?: string;
  readonly apply?: boolean;
}

/** `gateway spend audit`: what each request should have cost by the catalog, beside what was counted. */
export function register(spend: Command, context: CommandContext): void {
  spend
    .command('audit')
    .description('recompute from the ledger what requests should have cost, and print what differs')
    .addOption(
      new Option('--from <date>', 'the first day, UTC (default: where the ledger begins)').argParser(dayArgument),
    )
    .addOption(new Option('--to <date>', 'the last day, UTC (default: where it ends)').argParser(dayArgument))
    .addOption(
      new Option('--threshold <percent>', 'exit with 1 if more than this differs or has no price')
        .argParser(percentArgument)
        .default(THRESHOLD_PERCENT),
    )
    .option('--csv', 'print every key, model and day as CSV')
    .option('--report <file>', "compare with the provider's bill: Anthropic's cost report or an AWS cost export")
    .option('--workspace <id>', "only this workspace's or account's lines of the bill")
    .option('--apply', 'correct the spend of keys and people by the difference; asks first, or takes --yes')
    .addOption(demoOption())
    .addOption(settingsOption())
    .addOption(secretsFileOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

async function run(options: Options, context: CommandContext): Promise<void> {
  checkOptions(options);
  const { io } = context;
  const settings = context.loadSettings(options.settings);
  // Before the ledger: a file that cannot be read is known at once.
  const bill = options.report ? await readBill(context, options.report) : undefined;
  await withLedger(context, { settings, ...(options.demo ? { demo: options.demo } : {}) }, async (database) => {
    const { from, to } = options;
    const audit = await working(io, 'reading the ledger', () =>
      auditLedger({ database, served: servedModels(settings), catalog, from, to }),
    );
    const comparison = bill && compare(bill, audit, options);
    if (!options.json && !options.csv) {
      showAudit(io, audit);
      if (comparison) showBill(io, comparison);
    }
    const corrections = options.apply ? await correct({ context, options, settings, database, audit }) : undefined;
    // What was corrected no longer differs.
    const withinThreshold = isWithin(
      options.threshold,
      corrections ? { ...audit, deviationPercent: 0 } : audit,
      comparison,
    );
    const document = { audit, thresholdPercent: options.threshold, withinThreshold, bill: comparison, corrections };
    if (options.json) io.printJson(auditAsJson(document));
    if (options.csv) io.print(asCsv(audit, comparison));
    if (!withinThreshold) context.exitCode = EXIT.findings;
  });
}

function checkOptions({ json, csv: asCsvToo, from, to, report, workspace }: Options): void {
  if (json && asCsvToo) throw usageError('--json and --csv exclude each other');
  if (from && to && from > to) throw usageError(`--from ${from} is after --to ${to}`, 'give the earlier day to --from');
  if (workspace && !report) throw usageError('--workspace selects lines of a bill', 'give the bill with --report');
}

function compare(bill: Bill, { extent, entries }: Audit, { from, to, workspace }: Options): BillComparison {
  const [first, last] = [extent.begins?.slice(0, 10), extent.ends?.slice(0, 10)];
  return compareBill(
    bill,
    entries.map(({ group }) => group),
    { first, last, from, to, workspace },
  );
}

function isWithin(threshold: number, audit: Audit, bill: BillComparison | undefined): boolean {
  const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + Math.abs(amount), 0);
  // What was billed for days without a ledger is as little explained as what differs.
  const outside = sum((bill?.outside ?? []).map(({ billed }) => billed));
  const unexplained = sum((bill?.entries ?? []).map((entry) => entry.unexplained)) + outside;
  return (
    audit.deviationPercent <= threshold &&
    audit.notPricedPercent <= threshold &&
    percent(unexplained, Math.abs(bill?.billed ?? 0) + outside) <= threshold
  );
}

/** Entries of the audit, then those that could not be priced; with a bill, the bill's comparison instead. */
function asCsv(audit: Audit, bill: BillComparison | undefined): string {
  if (bill) {
    const rows = bill.entries.map((entry) => ({
      ...entry,
      billed: rounded(entry.billed),
      expected: rounded(entry.expected),
      counted: entry.counted === undefined ? '' : rounded(entry.counted),
      unexplained: rounded(entry.unexplained),
      reason: '',
    }));
    const outside = bill.outside.map(({ day, billed }) => ({
      day,
      billed: rounded(billed),
      reason: 'outside the ledger',
    }));
    return csv(['day', 'model', 'billed', 'expected', 'counted', 'unexplained', 'reason'], [...rows, ...outside]);
  }
  const entries = audit.entries.map((entry) => ({ ...entryFields(entry), reason: '' }));
  const notPriced = audit.notPriced.map(({ reason, name, model, requests, counted }) => ({
    model: name,
    deployment: model,
    requests,
    counted: rounded(counted),
    reason,
  }));
  return csv(HEADINGS, [...entries, ...notPriced]);
}

const HEADINGS = [
  ...['day', 'key', 'key_name', 'user', 'user_name', 'team', 'model', 'deployment', 'requests'],
  ...['counted', 'expected', 'corrected', 'difference', 'reason'],
];
