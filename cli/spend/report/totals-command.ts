import { type Command, Option } from 'commander';
import type { CommandContext } from '../../context';
import { usageError } from '../../errors';
import { type GlobalOptions, optionsOf, type SettingsOptions, settingsOption } from '../../options';
import type { Io } from '../../terminal/io';
import { day, plural, sanitize, usd } from '../../terminal/output';
import { type Column, table } from '../../terminal/table';
import { csv } from '../format/csv';
import { rounded } from '../format/values';
import { readAccounts } from '../ledger/accounts';
import { withLedger } from '../ledger/open';
import { type LedgerExtent, ledgerExtent } from '../ledger/rows';
import { countArgument, type DemoOptions, dayArgument, demoOption } from '../options';
import { type Dimension, dimensionsArgument } from './dimensions';
import { type Days, daysOf } from './range';
import { type Total, totals } from './totals';

interface Options extends SettingsOptions, DemoOptions, GlobalOptions {
  readonly by: Dimension[];
  readonly from?: string;
  readonly to?: string;
  readonly person?: string;
  readonly model?: string;
  readonly top?: number;
  readonly csv?: boolean;
}

/** `gateway spend totals`, which is what `gateway spend --by …` runs: who spent what, summed by LiteLLM's ledger. */
export function register(spend: Command, context: CommandContext): void {
  spend
    .command('totals', { isDefault: true })
    .description('who spent what this month, and on which models; the command that runs where none is named')
    .addOption(
      new Option('--by <what>', 'sum by person, group, model, provider, day, workspace or key; several with commas')
        .argParser(dimensionsArgument)
        .default(['person'], 'person'),
    )
    .addOption(
      new Option('--from <date>', 'the first day, UTC (default: the first of the month)').argParser(dayArgument),
    )
    .addOption(new Option('--to <date>', 'the last day, UTC (default: today)').argParser(dayArgument))
    .option('--person <name>', 'only this person, by name or Coder id')
    .option('--model <name>', 'only this model, as `gateway models` names it')
    .addOption(new Option('--top <n>', 'only the first so many lines').argParser(countArgument))
    .option('--csv', 'print CSV')
    .addOption(demoOption())
    .addOption(settingsOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

async function run(options: Options, context: CommandContext): Promise<void> {
  if (options.json && options.csv) throw usageError('--json and --csv exclude each other');
  const { io } = context;
  const { by, person, model, top, demo } = options;
  const days = daysOf(options.from, options.to, context.now());
  const settings = context.loadSettings(options.settings);
  const [found, extent] = await withLedger(context, { settings, ...(demo ? { demo } : {}) }, async (database) => [
    await totals({ database, accounts: await readAccounts(database), by, ...days, person, model }),
    await ledgerExtent(database),
  ]);
  const shown = found.slice(0, top);
  if (options.json)
    return io.printJson({
      ...days,
      by,
      ledger_begins: extent.begins ?? null,
      ...sumsOf(found),
      entries: shown.map((total) => fields(by, total)),
    });
  if (options.csv)
    return io.print(
      csv(
        headings(by),
        shown.map((total) => fields(by, total)),
      ),
    );
  show(io, { by, found, shown, days, extent });
}

const FIGURES = ['spend', 'requests', 'failed_requests', 'prompt_tokens', 'completion_tokens'] as const;

/** A person, group and workspace also have an id that does not change with their name. */
const WITH_ID: readonly Dimension[] = ['person', 'group', 'workspace'];
const headings = (by: readonly Dimension[]): string[] => [
  ...by.flatMap((dimension) => (WITH_ID.includes(dimension) ? [dimension, `${dimension}_id`] : [dimension])),
  ...FIGURES,
];

function fields(by: readonly Dimension[], total: Total): Record<string, string | number> {
  const values = by.flatMap((dimension, index) => {
    const { id, name } = total.values[index] ?? { id: '', name: '' };
    return WITH_ID.includes(dimension)
      ? [
          [dimension, name],
          [`${dimension}_id`, id],
        ]
      : [[dimension, name]];
  });
  return { ...(Object.fromEntries(values) as Record<string, string>), ...figures(total) };
}

const figures = ({ spend, requests, failed, promptTokens, completionTokens }: Omit<Total, 'values'>) => ({
  spend: rounded(spend),
  requests,
  failed_requests: failed,
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
});

const sumsOf = (found: readonly Total[]) => {
  const sum = (of: (total: Total) => number) => found.reduce((all, total) => all + of(total), 0);
  return figures({
    spend: sum(({ spend }) => spend),
    requests: sum(({ requests }) => requests),
    failed: sum(({ failed }) => failed),
    promptTokens: sum(({ promptTokens }) => promptTokens),
    completionTokens: sum(({ completionTokens }) => completionTokens),
  });
};

/** What stands where a dimension has no value. */
const NONE: Readonly<Partial<Record<Dimension, string>>> = {
  person: '(CI and agents)',
  group: '(no group)',
  workspace: '(no workspace)',
};

interface Shown {
  readonly by: readonly Dimension[];
  readonly found: readonly Total[];
  readonly shown: readonly Total[];
  readonly days: Days;
  readonly extent: LedgerExtent;
}

function show(io: Io, { by, found, shown, days, extent }: Shown): void {
  const { style } = io;
  const columns: Column[] = [
    ...by.map((heading) => ({ heading })),
    { heading: 'spent', align: 'right' },
    { heading: 'share', align: 'right', expendable: 2 },
    { heading: 'requests', align: 'right', expendable: 1 },
    { heading: 'tokens in', align: 'right', expendable: 3 },
    { heading: 'tokens out', align: 'right', expendable: 3 },
  ];
  const { spend, requests } = sumsOf(found);
  const rows = shown.map((total) => [
    ...by.map((dimension, index) => sanitize(total.values[index]?.name || NONE[dimension] || '–')),
    usd(total.spend),
    spend > 0 ? `${Math.round((total.spend / spend) * 100)} %` : '–',
    String(total.requests),
    String(total.promptTokens),
    String(total.completionTokens),
  ]);
  if (rows.length > 0) io.print(table(io, columns, rows), '');
  if (shown.length < found.length) io.print(style.dim(`… and ${found.length - shown.length} more`));
  io.print(`${usd(spend)} in ${plural(requests, 'request')} from ${days.from} to ${days.to}`);
  if (extent.begins && extent.begins.slice(0, 10) > days.from) {
    const kept = `the ledger begins on ${day(extent.begins)}: what was spent before is not in these sums (litellm.spend_logs_retention)`;
    io.print(style.dim(io.wrap(kept)));
  }
}
