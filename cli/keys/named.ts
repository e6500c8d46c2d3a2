import { nearestWord } from '../../catalog/nearest-word';
import { CliError } from '../errors';
import { type ProvisionerClient, RefusedError } from '../provisioner-client';

/** Does something to the key of a name; an unknown name is answered with the nearest one there is. */
export async function named<T>(client: ProvisionerClient, name: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== 404) throw error;
    const names = (await client.list()).map((key) => key.name);
    const similar = nearestWord(name, names);
    const meant = similar ? `did you mean "${similar}"? ` : '';
    throw new CliError(`no key is called "${name}"`, error.exitCode, `${meant}\`gateway keys list\` shows all names`);
  }
}
