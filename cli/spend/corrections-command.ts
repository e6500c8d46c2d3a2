import type { Command } from 'commander';
import type { CommandContext } from '../context';
import { type GlobalOptions, optionsOf, type SettingsOptions, settingsOption } from '../options';
import { sanitize, usd } from '../terminal/output';
import { type Column, table } from '../terminal/table';
import { readCorrections } from './corrections/store';
import { signed } from './format/text';
import { correctionFields } from './format/values';
import { withLedger } from './ledger/open';
import { type DemoOptions, demoOption } from './options';

const COLUMNS: readonly Column[] = [
  { heading: 'when' },
  { heading: 'by', expendable: 3 },
  { heading: 'what', expendable: 2 },
  { heading: 'name' },
  { heading: 'before', align: 'right', expendable: 1 },
  { heading: 'change', align: 'right' },
  { heading: 'after', align: 'right' },
];

/** `gateway spend corrections`: the record of what `gateway spend audit --apply` has changed. */
export function register(spend: Command, context: CommandContext): void {
  spend
    .command('corrections')
    .description('the record of every correction: who, when, before, after')
    .addOption(demoOption())
    .addOption(settingsOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

async function run(options: SettingsOptions & DemoOptions & GlobalOptions, context: CommandContext): Promise<void> {
  const { io } = context;
  const settings = context.loadSettings(options.settings);
  const corrections = await withLedger(
    context,
    { settings, ...(options.demo ? { demo: options.demo } : {}) },
    readCorrections,
  );
  if (options.json) return io.printJson(corrections.map(correctionFields));
  if (corrections.length === 0) return io.note('nothing has been corrected');
  const rows = corrections.map(({ appliedAt, appliedBy, kind, name, before, difference, after }) => [
    `${appliedAt.slice(0, 16).replace('T', ' ')}`,
    sanitize(appliedBy),
    kind,
    sanitize(name),
    usd(before),
    signed(difference),
    usd(after),
  ]);
  io.print(table(io, COLUMNS, rows));
}
