import type { Command } from 'commander';
import { optionsOf } from '../context';
import { adminToken } from '../credentials';
import { ProvisionerClient } from '../provisioner-client';
import { confirm } from '../terminal/ask';
import { print, printJson } from '../terminal/output';
import { style } from '../terminal/style';
import { named } from './named';

interface Action {
  readonly verb: string;
  readonly description: string;
  readonly act: (client: ProvisionerClient, name: string) => Promise<void>;
  readonly done: string;
  /** Asked first. @default - can be taken back, so nobody is asked */
  readonly question?: (name: string) => string;
}

const ACTIONS: readonly Action[] = [
  {
    verb: 'revoke',
    description: 'stop a key until it is restored; its spend and name stay',
    act: (client, name) => client.revoke(name),
    done: 'revoked: refused from now on, also after restarts, until `gateway keys restore`',
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
    question: (name) => `Delete "${name}" and forget what it spent?`,
  },
];

/** `gateway keys revoke|restore|reset-spend|delete <name>`: what is done to one key without showing it. */
export function register(keys: Command): void {
  for (const { verb, description, act, done, question } of ACTIONS) {
    keys
      .command(verb)
      .description(description)
      .argument('<name>', 'as `gateway keys list` shows it')
      .action(async (name: string, _: unknown, command: Command) => {
        const options = optionsOf(command);
        const client = new ProvisionerClient(adminToken(options.secretsFile));
        if (question) await confirm(question(name), options.yes);
        await named(client, name, () => act(client, name));
        if (options.json) printJson({ name, action: verb });
        else print(`${style.bold(name)} · ${done}`);
      });
  }
}
