import type { Command } from 'commander';
import { adminClient } from '../clients';
import type { CommandContext } from '../context';
import {
  type CredentialOptions,
  type GlobalOptions,
  keyOutputOption,
  type OutputOptions,
  optionsOf,
  secretsFileOption,
} from '../options';
import { confirm } from '../terminal/ask';
import { deliver, destination } from './deliver';
import { suggestingNames } from './suggesting-names';

/** `gateway keys rotate <name>`: a new key under the same name; the old one ends. */
export function register(keys: Command, context: CommandContext): void {
  keys
    .command('rotate')
    .description('replace a key with a new one of the same name; the old one stops working')
    .argument('<name>', 'as `gateway keys list` shows it')
    .addOption(keyOutputOption())
    .addOption(secretsFileOption())
    .action((name: string, _: unknown, command: Command) => run(name, optionsOf(command), context));
}

async function run(
  name: string,
  options: OutputOptions & CredentialOptions & GlobalOptions,
  context: CommandContext,
): Promise<void> {
  const client = adminClient(context, options);
  const to = destination(context, options);
  await confirm(context.io, `Replace "${name}"? The present key stops working at once.`, options.yes);
  await deliver(context.io, await suggestingNames(client, name, (found) => client.rotate(found)), to);
}
