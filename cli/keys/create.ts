import { Argument, type Command } from 'commander';
import type { AdminCreateRequest } from '../../images/key-provisioner/src/contract';
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
import { deliver, destination } from './deliver';
import { type LimitOptions, limitsOf, withLimits } from './limits';

type Options = LimitOptions & OutputOptions & CredentialOptions & GlobalOptions;

/** `gateway keys create ci|agent|user`: repeating it for the same one gives the same key. */
export function register(keys: Command, context: CommandContext): void {
  const create = keys.command('create').description('issue a key; it is shown only once');
  withOutput(
    create.command('ci').description('for the CI jobs of one repository').argument('<repo>', 'such as acme/web'),
  )
    .addOption(secretsFileOption())
    .action((repo: string, _: unknown, command: Command) =>
      run({ scope: 'ci', subject: repo }, optionsOf(command), context),
    );
  withOutput(
    create
      .command('agent')
      .description('for an unattended agent')
      .addArgument(new Argument('<role>', 'what the agent may do').choices(['review', 'write'])),
  )
    .addOption(secretsFileOption())
    .action((role: 'review' | 'write', _: unknown, command: Command) =>
      run({ scope: `agent:${role}` }, optionsOf(command), context),
    );
  withOutput(create.command('user').description('for a user').argument('<name>', "the user's name"))
    .option('--user-id <id>', "the user's Coder id, so that self-service later gives the same key")
    .addOption(secretsFileOption())
    .action((username: string, { userId }: { userId?: string }, command: Command) =>
      run({ scope: 'user', subject: userId ?? username, username }, optionsOf(command), context),
    );
}

const withOutput = (command: Command): Command => withLimits(command).addOption(keyOutputOption());

async function run(request: AdminCreateRequest, options: Options, context: CommandContext): Promise<void> {
  const client = adminClient(context, options);
  const to = destination(context, options);
  await deliver(context.io, await client.create({ ...request, ...limitsOf(options) }), to);
}
