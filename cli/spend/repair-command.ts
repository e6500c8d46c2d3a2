import type { Command } from 'commander';
import type { CommandContext } from '../context';
import {
  type CredentialOptions,
  type GlobalOptions,
  optionsOf,
  type SettingsOptions,
  secretsFileOption,
  settingsOption,
} from '../options';
import { confirm } from '../terminal/ask';
import { plural } from '../terminal/output';
import { working } from '../terminal/progress';
import { record } from './apply';
import { shortfalls } from './corrections/shortfall';
import { readSettled } from './corrections/store';
import { showPlan } from './format/text';
import { correctionFields } from './format/values';
import { readAccounts } from './ledger/accounts';
import { withLedger } from './ledger/open';
import { type DemoOptions, demoOption } from './options';

interface Options extends SettingsOptions, CredentialOptions, DemoOptions, GlobalOptions {}

/** `gateway spend repair`: counters that lost spend in a crash or an outage get it back from the ledger's rows. */
export function register(spend: Command, context: CommandContext): void {
  spend
    .command('repair')
    .description(
      'give counters back what they lost in a crash or an outage of the database; asks first, or takes --yes',
    )
    .addOption(demoOption())
    .addOption(settingsOption())
    .addOption(secretsFileOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

async function run(options: Options, context: CommandContext): Promise<void> {
  const { io } = context;
  const settings = context.loadSettings(options.settings);
  await withLedger(context, { settings, ...(options.demo ? { demo: options.demo } : {}) }, async (database) => {
    const { records, changes } = await working(io, 'reading the ledger', async () => ({
      records: (await readSettled(database)).records,
      changes: await shortfalls(database, await readAccounts(database)),
    }));
    if (changes.length === 0) return options.json ? io.printJson([]) : io.print('no counter is below its requests');
    if (!options.json) showPlan(io, changes);
    await confirm(io, `Raise the spend of ${plural(changes.length, 'account')} and record it?`, options.yes);
    const done = await record({ context, options, settings, database }, { changes, settled: [], records });
    if (options.json) io.printJson(done.map(correctionFields));
  });
}
