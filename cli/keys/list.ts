import { type Command, Option } from 'commander';
import { SCOPES } from '../../images/key-provisioner/src/configuration';
import { type KeyInfo, keyStateSchema } from '../../images/key-provisioner/src/contract';
import { optionsOf } from '../context';
import { adminToken } from '../credentials';
import { type KeyFilter, ProvisionerClient } from '../provisioner-client';
import { day, harmless, note, print, printJson, things, usd } from '../terminal/output';
import { style } from '../terminal/style';
import { bar, type Column, table } from '../terminal/table';

const COLUMNS: readonly Column[] = [
  { heading: 'name' },
  { heading: 'state', expendable: 1 },
  { heading: 'owner', expendable: 4 },
  { heading: '', expendable: 2 },
  { heading: 'spent', align: 'right' },
  { heading: 'budget', align: 'right', expendable: 3 },
  { heading: 'expires', expendable: 5 },
  { heading: 'last used', expendable: 6 },
];

/** `gateway keys list`: every key there is, all pages, with what it spent of its budget. */
export function register(keys: Command): void {
  keys
    .command('list')
    .description('every key with what it spent of its budget')
    .addOption(new Option('--scope <scope>', 'only this kind').choices(SCOPES))
    .option('--owner <id>', "only this owner's")
    .addOption(new Option('--state <state>', 'only in this state').choices(keyStateSchema.options))
    .action(async (_: unknown, command: Command) => {
      const { json, secretsFile, scope, owner, state } = optionsOf<KeyFilter>(command);
      const client = new ProvisionerClient(adminToken(secretsFile));
      const found = await client.list({
        ...(scope ? { scope } : {}),
        ...(owner ? { owner } : {}),
        ...(state ? { state } : {}),
      });
      if (json) return printJson(found);
      if (found.length === 0) return note('no key matches');
      print(table(COLUMNS, found.map(row)));
      const spent = found.reduce((sum, key) => sum + key.spend, 0);
      print('', style.dim(`${things(found.length, 'key')}, ${usd(spent)} spent (up to 17 s behind)`));
    });
}

const row = (key: KeyInfo): string[] => [
  harmless(key.name),
  key.state === 'active' ? key.state : style.red(key.state),
  harmless(key.username ?? key.owner ?? '–'),
  bar(key.spend / key.max_budget),
  usd(key.spend),
  `${usd(key.max_budget)} / ${key.budget_duration}`,
  day(key.expires),
  day(key.last_active),
];
