import type { KeyInfo } from '../../images/key-provisioner/src/contract';
import type { CliError } from '../errors';
import { EXIT } from '../errors';
import { RefusedError } from '../provisioner-client';

/** What a key somebody has trouble with turned out to be. */
export interface KeyFacts {
  /** Where the key came from, for evidence. */
  readonly source: string;
  readonly info?: KeyInfo;
  /** The gateway does not know it. */
  readonly unknown?: boolean;
  /** Why neither could be found out. */
  readonly trouble?: string;
}

/** Asks after a key; a key that is unknown or refused is an answer too. */
export async function askAboutKey(source: string, ask: () => Promise<KeyInfo>): Promise<KeyFacts> {
  try {
    return { source, info: await ask() };
  } catch (error) {
    const refused = error instanceof RefusedError && error.exitCode === EXIT.refused;
    if (refused && (error.status === 401 || error.status === 404))
      return { source, unknown: true, trouble: error.message };
    return { source, trouble: (error as CliError).message };
  }
}
