import { nearestWord } from '../../catalog/nearest-word';
import { CliError } from '../errors';
import { type ProvisionerClient, RefusedError } from '../provisioner-client';

/** Does something to the key of a name; where there is no such key, the error suggests the nearest name there is. */
export async function suggestingNames<T>(
  client: ProvisionerClient,
  name: string,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== 404) throw error;
    const names = (await client.list()).map((key) => key.name);
    const nearest = nearestWord(name, names);
    const suggestion = nearest ? `did you mean "${nearest}"? ` : '';
    throw new CliError(
      `there is no key named "${name}"`,
      error.exitCode,
      `${suggestion}\`gateway keys list\` shows all names`,
    );
  }
}
