import { type Command, Option } from 'commander';
import type { CommandContext } from '../../context';
import { type GlobalOptions, optionsOf, type SettingsOptions, settingsOption } from '../../options';
import { day } from '../../terminal/output';
import { csv } from '../format/csv';
import { readAccounts } from '../ledger/accounts';
import { withLedger } from '../ledger/open';
import { ledgerExtent } from '../ledger/rows';
import { type DemoOptions, demoOption, monthArgument } from '../options';
import { FOCUS_COLUMNS, FOCUS_DIMENSIONS, focusRecords } from './focus';
import { daysOfMonth } from './range';
import { totals } from './totals';

interface Options extends SettingsOptions, DemoOptions, GlobalOptions {
  readonly month?: string;
}

/** `gateway spend report`: a month for finance, in FOCUS's columns. */
export function register(spend: Command, context: CommandContext): void {
  spend
    .command('report')
    .description('a month for chargeback: CSV in the columns of FOCUS 1.2, a record per day, person, key and model')
    .addOption(new Option('--month <month>', 'such as 2026-11 (default: this one)').argParser(monthArgument))
    .addOption(demoOption())
    .addOption(settingsOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

async function run(options: Options, context: CommandContext): Promise<void> {
  const { io } = context;
  const { month = context.now().toISOString().slice(0, 7), demo } = options;
  const settings = context.loadSettings(options.settings);
  const days = daysOfMonth(month);
  const [found, extent] = await withLedger(context, { settings, ...(demo ? { demo } : {}) }, async (database) => [
    await totals({ database, accounts: await readAccounts(database), by: FOCUS_DIMENSIONS, ...days }),
    await ledgerExtent(database),
  ]);
  if (extent.begins && extent.begins.slice(0, 10) > days.from) {
    io.note(`the ledger begins on ${day(extent.begins)}: what was spent before is not in this report`);
  }
  const records = focusRecords({ deployment: settings.name, month, totals: found });
  if (options.json) return io.printJson(records);
  io.print(csv(FOCUS_COLUMNS, records));
}
