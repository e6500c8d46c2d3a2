import type { Command } from 'commander';
import { adminClient } from '../clients';
import type { CommandContext } from '../context';
import { type CredentialOptions, type GlobalOptions, optionsOf, secretsFileOption } from '../options';
import type { ProvisionerClient } from '../provisioner-client';
import { confirm } from '../terminal/ask';
import { suggestingNames } from './suggesting-names';

interface Action {
  readonly verb: string;
  readonly description: string;
  readonly act: (client: ProvisionerClient, name: string) => Promise<void>;
  readonly done: string;
  /** Asked first. @default - the action can be undone, so it is not confirmed */
  readonly question?: (name: string) => string;
}

const ACTIONS: readonly Action[] = [
  {
    verb: 'revoke',
    description: 'stop a key until it is restored; it keeps its name and spend',
    act: (client, name) => client.revoke(name),
    done: 'revoked: it is refused from now on, even after restarts, until `gateway keys restore`',
  },
  {
    verb: 'restore',
    description: 'let a revoked key work again',
    act: (client, name) => client.restore(name),
    done: 'restored: it works again',
  },
  {
    verb: 'reset-spend',
    description: "set a key's spend to zero",
    act: (client, name) => client.resetSpend(name),
    done: 'its spend is zero again',
    question: (name) => `Set the spend of "${name}" to zero, so that its whole budget can be spent again?`,
  },
  {
    verb: 'delete',
    description: 'remove a key and its spend for good',
    act: (client, name) => client.delete(name),
    done: 'deleted',
    question: (name) => `Delete "${name}" and the record of its spend?`,
  },
];

/** `gateway keys revoke|restore|reset-spend|delete <name>`: what is done to one key without showing it. */
export function register(keys: Command, context: CommandContext): void {
  for (const action of ACTIONS) {
    keys
      .command(action.verb)
      .description(action.description)
      .argument('<name>', 'as `gateway keys list` shows it')
      .addOption(secretsFileOption())
      .action((name: string, _: unknown, command: Command) => run(action, name, optionsOf(command), context));
  }
}

async function run(
  { verb, act, done, question }: Action,
  name: string,
  options: CredentialOptions & GlobalOptions,
  context: CommandContext,
): Promise<void> {
  const { io } = context;
  const client = adminClient(context, options);
  if (question) await confirm(io, question(name), options.yes);
  const acted = await suggestingNames(client, name, async (found) => {
    await act(client, found);
    return found;
  });
  if (options.json) io.printJson({ name: acted, action: verb });
  else io.print(`${io.style.bold(acted)} · ${done}`);
}
