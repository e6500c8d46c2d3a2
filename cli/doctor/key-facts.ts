import type { KeyInfo } from '../../images/key-provisioner/src/contract';
import type { CliError } from '../errors';
import { EXIT } from '../errors';
import { RefusedError } from '../provisioner-client';
import { skipped } from './symptom';

/** What could be found out about a key. */
export interface KeyFacts {
  /** Where the key came from, for evidence. */
  readonly source: string;
  readonly info?: KeyInfo;
  /** The gateway does not know it. */
  readonly unknown?: boolean;
  /** Why there is no information. */
  readonly error?: string;
}

/** Looks a key up; a key that is unknown or refused is a result too. */
export async function keyFacts(source: string, lookUp: () => Promise<KeyInfo>): Promise<KeyFacts> {
  try {
    return { source, info: await lookUp() };
  } catch (error) {
    const refused = error instanceof RefusedError && error.exitCode === EXIT.refused;
    if (refused && (error.status === 401 || error.status === 404))
      return { source, unknown: true, error: error.message };
    return { source, error: (error as CliError).message };
  }
}

/** Of symptoms that need a key to check. */
export const NO_KEY_NAMED = skipped('no key was named (GATEWAY_API_KEY, --key or --workspace)');
