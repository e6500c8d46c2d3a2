import type { Command } from 'commander';
import type { KeyInfo } from '../../images/key-provisioner/src/contract';
import { adminClient } from '../clients';
import type { CommandContext } from '../context';
import { type CredentialOptions, type GlobalOptions, optionsOf, secretsFileOption } from '../options';
import type { Io } from '../terminal/io';
import { day, sanitize, usd } from '../terminal/output';
import { bar } from '../terminal/table';
import { suggestingNames } from './suggesting-names';

/** `gateway keys info <name>`: everything about one key but the key itself. */
export function register(keys: Command, context: CommandContext): void {
  keys
    .command('info')
    .description('everything about one key except the key itself')
    .argument('<name>', 'as `gateway keys list` shows it')
    .addOption(secretsFileOption())
    .action((name: string, _: unknown, command: Command) => run(name, optionsOf(command), context));
}

async function run(name: string, options: CredentialOptions & GlobalOptions, context: CommandContext): Promise<void> {
  const { io } = context;
  const client = adminClient(context, options);
  const key = await suggestingNames(client, name, (found) => client.info(found));
  if (options.json) io.printJson(key);
  else io.print(...describe(io, key));
}

/** Columns of the labels, of which "generation" is the longest. */
const LABEL_COLUMNS = 10;

function describe(io: Io, key: KeyInfo): string[] {
  const { style } = io;
  const spent = (spend: number, max: number, reset: string | null) =>
    `${bar(style, spend / max)} ${usd(spend)} of ${usd(max)}${reset ? `, resets on ${day(reset)}` : ''}`;
  const { person } = key;
  const facts: [label: string, value: string][] = [
    ['state', key.state],
    ['scope', key.scope],
    ['subject', sanitize(key.subject)],
    ['user', sanitize([key.username, key.owner].filter(Boolean).join(' · '))],
    ['workspace', sanitize(key.workspace_name ?? '')],
    ['spent', `${spent(key.spend, key.max_budget, key.budget_reset_at)} (up to 17 s behind)`],
    ['all keys', person ? `${spent(person.spend, person.max_budget, person.budget_reset_at)}, of this user` : ''],
    ['rates', `${key.rpm_limit} requests${key.tpm_limit === null ? '' : `, ${key.tpm_limit} tokens`} per minute`],
    ['models', sanitize(key.models.join(', '))],
    ['generation', String(key.generation)],
    ['created', day(key.created_at)],
    ['expires', day(key.expires)],
    ['last used', day(key.last_active)],
  ];
  return [
    style.bold(sanitize(key.name)),
    ...facts
      .filter(([, value]) => value)
      .map(([label, value]) => io.wrap(`  ${style.dim(label.padEnd(LABEL_COLUMNS))} ${value}`, LABEL_COLUMNS + 3)),
  ];
}
