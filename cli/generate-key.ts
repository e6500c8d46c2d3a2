import type { Command } from 'commander';
import { provisionerUrl } from './addresses';
import type { CommandContext } from './context';
import { coderSessionToken } from './credentials';
import { CliError, EXIT } from './errors';
import { deliver, destination } from './keys/deliver';
import { type GlobalOptions, keyOutputOption, type OutputOptions, optionsOf } from './options';
import { ProvisionerClient, RefusedError } from './provisioner-client';

/** `gateway generate-key`: your own key; being logged in to Coder is enough. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('generate-key')
    .description('issue your own key, using your Coder session (CODER_SESSION_TOKEN, `coder login`, or typed in)')
    .argument('[purpose]', 'what you need it for; stored with the key')
    .addOption(keyOutputOption())
    .action((purpose: string | undefined, _: unknown, command: Command) => run(purpose, optionsOf(command), context));
}

async function run(
  purpose: string | undefined,
  options: OutputOptions & GlobalOptions,
  context: CommandContext,
): Promise<void> {
  // Before the token is asked for: a broken gateway.yaml would only show afterwards.
  const url = provisionerUrl(context);
  const to = destination(context, options);
  const client = new ProvisionerClient(context.http, url, await coderSessionToken(context));
  try {
    await deliver(context.io, await client.selfService(purpose), to);
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== 401) throw error;
    throw new CliError(
      `Coder does not accept the session token: ${error.message}`,
      EXIT.refused,
      'log in again with `coder login`',
    );
  }
}
