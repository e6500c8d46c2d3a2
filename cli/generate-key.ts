import type { Command } from 'commander';
import { optionsOf } from './context';
import { coderSessionToken } from './credentials';
import { CliError, EXIT } from './errors';
import { deliver, destination } from './keys/deliver';
import { ProvisionerClient, RefusedError } from './provisioner-client';

/** `gateway generate-key`: a person's own key, for the price of being logged in to Coder. */
export function register(program: Command): void {
  program
    .command('generate-key')
    .description('your own key, by your Coder session (CODER_SESSION_TOKEN, `coder login`, or typed in)')
    .argument('[purpose]', 'what you need it for; kept with the key')
    .option('-o, --output <file>', 'write the key there, readable by you alone')
    .action(async (purpose: string | undefined, _: unknown, command: Command) => {
      const to = destination(optionsOf<{ output?: string }>(command));
      const client = new ProvisionerClient(await coderSessionToken());
      try {
        await deliver(await client.selfService(purpose), to);
      } catch (error) {
        if (!(error instanceof RefusedError) || error.status !== 401) throw error;
        throw new CliError(
          `Coder does not accept the session token: ${error.message}`,
          EXIT.refused,
          'log in again with `coder login`',
        );
      }
    });
}
