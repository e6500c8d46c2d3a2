import { Argument, type Command } from 'commander';
import type { AdminCreateRequest } from '../../images/key-provisioner/src/contract';
import { optionsOf } from '../context';
import { adminToken } from '../credentials';
import { ProvisionerClient } from '../provisioner-client';
import { deliver, destination } from './deliver';
import { type LimitOptions, limitsOf, withLimits } from './limits';

type Options = LimitOptions & { output?: string };

/** `gateway keys create ci|agent|user`: asking again for the same one gives the same key. */
export function register(keys: Command): void {
  const create = keys.command('create').description('issue a key; it is shown this once');
  const kind = (command: Command) =>
    withLimits(command).option('-o, --output <file>', 'write the key there, readable by you alone');

  kind(
    create.command('ci').description('for the CI jobs of one repository').argument('<repo>', 'such as acme/web'),
  ).action((repo: string, _: unknown, command: Command) => issue(command, { scope: 'ci', subject: repo }));
  kind(
    create
      .command('agent')
      .description('for an unattended agent')
      .addArgument(new Argument('<role>', 'what the agent may do').choices(['review', 'write'])),
  ).action((role: 'review' | 'write', _: unknown, command: Command) => issue(command, { scope: `agent:${role}` }));
  kind(create.command('user').description('for a person').argument('<name>', "the person's name"))
    .option('--user-id <id>', "the person's Coder id, so that self-service later gives the same key")
    .action((username: string, options: { userId?: string }, command: Command) =>
      issue(command, { scope: 'user', subject: options.userId ?? username, username }),
    );
}

async function issue(command: Command, request: AdminCreateRequest): Promise<void> {
  const options = optionsOf<Options>(command);
  const to = destination(options);
  const client = new ProvisionerClient(adminToken(options.secretsFile));
  await deliver(await client.create({ ...request, ...limitsOf(options) }), to);
}
