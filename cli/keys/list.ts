import { type Command, Option } from 'commander';
import { SCOPES } from '../../images/key-provisioner/src/configuration';
import { type KeyInfo, keyStateSchema } from '../../images/key-provisioner/src/contract';
import { adminClient } from '../clients';
import type { CommandContext } from '../context';
import { type CredentialOptions, type GlobalOptions, optionsOf, secretsFileOption } from '../options';
import type { KeyFilter } from '../provisioner-client';
import type { Colours } from '../terminal/io';
import { day, plural, sanitize, usd } from '../terminal/output';
import { bar, type Column, table } from '../terminal/table';

const COLUMNS: readonly Column[] = [
  { heading: 'name' },
  { heading: 'state', expendable: 1 },
  { heading: 'user', expendable: 4 },
  { heading: '', expendable: 2 },
  { heading: 'spent', align: 'right' },
  { heading: 'budget', align: 'right', expendable: 3 },
  { heading: 'expires', expendable: 5 },
  { heading: 'last used', expendable: 6 },
];

/** `gateway keys list`: every key there is, all pages, with its spend against its budget. */
export function register(keys: Command, context: CommandContext): void {
  keys
    .command('list')
    .description('every key with its spend against its budget')
    .addOption(new Option('--scope <scope>', 'only keys of this scope').choices(SCOPES))
    .option('--owner <id>', 'only keys of the user with this Coder id')
    .addOption(new Option('--state <state>', 'only keys in this state').choices(keyStateSchema.options))
    .addOption(secretsFileOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

async function run(options: KeyFilter & CredentialOptions & GlobalOptions, context: CommandContext): Promise<void> {
  const { io } = context;
  const { scope, owner, state } = options;
  const found = await adminClient(context, options).list({
    ...(scope ? { scope } : {}),
    ...(owner ? { owner } : {}),
    ...(state ? { state } : {}),
  });
  if (options.json) return io.printJson(found);
  if (found.length === 0) return io.note('no key matches');
  io.print(
    table(
      io,
      COLUMNS,
      found.map((key) => row(io.style, key)),
    ),
  );
  const spent = found.reduce((sum, key) => sum + key.spend, 0);
  io.print('', io.style.dim(`${plural(found.length, 'key')}, ${usd(spent)} spent (up to 17 s behind)`));
}

const row = (style: Colours, key: KeyInfo): string[] => [
  sanitize(key.name),
  key.state === 'active' ? key.state : style.red(key.state),
  sanitize(key.username ?? key.owner ?? '–'),
  bar(style, key.spend / key.max_budget),
  usd(key.spend),
  `${usd(key.max_budget)} / ${key.budget_duration}`,
  day(key.expires),
  day(key.last_active),
];
