import { type Command, InvalidArgumentError, Option } from 'commander';
import { SCOPES } from '../../images/key-provisioner/src/configuration';
import { type KeyInfo, keyStateSchema } from '../../images/key-provisioner/src/contract';
import { adminClient } from '../clients';
import type { CommandContext } from '../context';
import { type CredentialOptions, type GlobalOptions, optionsOf, secretsFileOption } from '../options';
import type { KeyFilter } from '../provisioner-client';
import type { Colours } from '../terminal/io';
import { day, plural, sanitize, usd } from '../terminal/output';
import { bar, type Column, table } from '../terminal/table';
import { labelOf } from './label';

const COLUMNS: readonly Column[] = [
  { heading: 'scope', expendable: 1 },
  { heading: 'for' },
  { heading: 'state', expendable: 2 },
  { heading: '', expendable: 3 },
  { heading: 'spent', align: 'right' },
  { heading: 'budget', align: 'right' },
  { heading: 'expires', expendable: 4 },
  { heading: 'last used', expendable: 5 },
  // The longest, and what a key is for names it too.
  { heading: 'name', expendable: 6 },
];

/** Coder's ids are UUIDs; what is none can still be one that an operator chose. */
const CODER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `gateway keys list`: every key there is, all pages, with its spend against its budget. */
export function register(keys: Command, context: CommandContext): void {
  keys
    .command('list')
    .description('every key with its spend against its budget')
    .addOption(new Option('--scope <scope>', 'only keys of this scope').choices(SCOPES))
    .addOption(new Option('--owner <username>', 'only keys of this user, by name or Coder id').argParser(ownerArgument))
    .addOption(new Option('--state <state>', 'only keys in this state').choices(keyStateSchema.options))
    .addOption(secretsFileOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

function ownerArgument(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError("It must be a user's name or Coder id.");
  return value;
}

async function run(options: KeyFilter & CredentialOptions & GlobalOptions, context: CommandContext): Promise<void> {
  const { io } = context;
  const { scope, owner, state } = options;
  const listed = await adminClient(context, options).list({
    ...(scope ? { scope } : {}),
    ...(owner && CODER_ID.test(owner) ? { owner } : {}),
    ...(state ? { state } : {}),
  });
  // LiteLLM finds keys by an id only; names are not unique, and all who have it are meant.
  const found = owner ? listed.filter((key) => key.owner === owner || key.username === owner) : listed;
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
  key.scope,
  sanitize(labelOf(key)),
  key.state === 'active' ? key.state : style.red(key.state),
  bar(style, key.spend / key.max_budget),
  usd(key.spend),
  `${usd(key.max_budget)} / ${key.budget_duration}`,
  day(key.expires),
  day(key.last_active),
  sanitize(key.name),
];
