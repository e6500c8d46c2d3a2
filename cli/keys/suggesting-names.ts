import { nearestWord } from '../../catalog/nearest-word';
import type { KeyInfo } from '../../images/key-provisioner/src/contract';
import { CliError, type ExitCode } from '../errors';
import { type ProvisionerClient, RefusedError } from '../provisioner-client';
import { labelOf } from './label';

/**
 * Does something to the key of a name, or of what a key is for (`ada/dev`) where only one key is for that. Where there is no
 * such key, the error suggests the nearest name there is.
 */
export async function suggestingNames<T>(
  client: ProvisionerClient,
  name: string,
  action: (name: string) => Promise<T>,
): Promise<T> {
  try {
    return await action(name);
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== 404) throw error;
    const keys = await client.list();
    const [meant, ...others] = keys.filter((key) => labelOf(key) === name);
    if (meant && others.length === 0) return action(meant.name);
    const alike = meant ? [meant, ...others].map((key) => key.name) : [];
    throw alike.length > 0 ? ambiguous(name, alike, error.exitCode) : unknownName(name, keys, error.exitCode);
  }
}

const ambiguous = (name: string, alike: readonly string[], exitCode: ExitCode): CliError =>
  new CliError(`"${name}" names ${alike.length} keys: ${alike.join(', ')}`, exitCode, 'give one of these names');

function unknownName(name: string, keys: readonly KeyInfo[], exitCode: ExitCode): CliError {
  const nearest = nearestWord(name, [...keys.map((key) => key.name), ...keys.map(labelOf)]);
  const suggestion = nearest ? `did you mean "${nearest}"? ` : '';
  return new CliError(
    `there is no key named "${name}"`,
    exitCode,
    `${suggestion}\`gateway keys list\` shows all names`,
  );
}
