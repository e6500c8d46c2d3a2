import type { Command } from 'commander';
import { optionsOf } from '../context';
import { adminToken } from '../credentials';
import { ProvisionerClient } from '../provisioner-client';
import { confirm } from '../terminal/ask';
import { deliver, destination } from './deliver';
import { named } from './named';

/** `gateway keys rotate <name>`: a new key under the same name; the old one ends. */
export function register(keys: Command): void {
  keys
    .command('rotate')
    .description('replace a key by a new one of the same name; the old one stops working')
    .argument('<name>', 'as `gateway keys list` shows it')
    .option('-o, --output <file>', 'write the key there, readable by you alone')
    .action(async (name: string, _: unknown, command: Command) => {
      const options = optionsOf<{ output?: string }>(command);
      const to = destination(options);
      const client = new ProvisionerClient(adminToken(options.secretsFile));
      await confirm(`Replace "${name}"? Whoever uses the present key is refused at once.`, options.yes);
      await deliver(await named(client, name, () => client.rotate(name)), to);
    });
}
