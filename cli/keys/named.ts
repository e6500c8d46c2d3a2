import { distance } from 'fastest-levenshtein';
import { CliError } from '../errors';
import { type ProvisionerClient, RefusedError } from '../provisioner-client';

/** Does something to the key of a name; an unknown name is answered with the nearest one there is. */
export async function named<T>(client: ProvisionerClient, name: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== 404) throw error;
    const names = (await client.list()).map((key) => key.name);
    const [nearest] = names.map((known) => ({ known, far: distance(known, name) })).sort((a, b) => a.far - b.far);
    const similar = nearest && nearest.far <= Math.max(3, name.length / 3) ? `did you mean "${nearest.known}"? ` : '';
    throw new CliError(`no key is called "${name}"`, error.exitCode, `${similar}\`gateway keys list\` shows all names`);
  }
}
