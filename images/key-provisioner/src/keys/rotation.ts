import type { IssuedKey } from '../contract';
import type { LiteLLMClient } from '../litellm/client';
import { forbidden, Problem, revoked } from '../problem';
import type { Derivation } from './derivation';
import { type KeyId, keyName } from './key-id';
import type { Keyring } from './keyring';
import type { Ledger } from './ledger';
import type { Note } from './record';
import { SingleFlight } from './single-flight';

/**
 * Time between two rotations of one key by its holder. What was spent in the last few seconds reaches LiteLLM's table
 * late and stays with the old key; the pause keeps rotation from being a way to spend without being counted.
 */
const PAUSE_S = 60;

/** How a key is rotated. */
export interface RotationOptions {
  /** Whether it may not have been rotated a moment ago: for holders, not for operators. */
  readonly pause: boolean;
  /** Who the key must belong to. @default - whoever it belongs to */
  readonly owner?: string;
}

/** Replaces a key with its next generation. Spend is carried over: rotating does not renew a budget. */
export class Rotation {
  private readonly flights = new SingleFlight<IssuedKey | undefined>();

  constructor(
    private readonly litellm: LiteLLMClient,
    private readonly ledger: Ledger,
    private readonly derivation: Derivation,
    private readonly keyring: Keyring,
  ) {}

  /**
   * The next generation of a key, or undefined where there is no key; the old ones stop working before this returns.
   *
   * @throws Problem 403 where the key is revoked or somebody else's, 429 where it was rotated a moment ago
   */
  async rotate(id: KeyId, options: RotationOptions): Promise<IssuedKey | undefined> {
    return (await this.flights.run(JSON.stringify([keyName(id), options.owner]), () => this.rotateOnce(id, options)))
      .result;
  }

  private async rotateOnce(id: KeyId, { pause, owner }: RotationOptions): Promise<IssuedKey | undefined> {
    const [current] = await this.ledger.find(id);
    if (!current) return undefined;
    if (owner !== undefined && current.note.owner !== owner) {
      throw forbidden(
        `the key "${keyName(id)}" belongs to another owner of this workspace; a restart of the workspace tells which`,
      );
    }
    if (current.state === 'revoked') throw revoked(keyName(id));
    if (pause) rejectTooSoon(current.note);
    const generation = current.note.generation + 1;
    const note: Note = { ...current.note, generation, rotated_at: new Date().toISOString() };
    // Taken or not: what counts is whether it is there when read back. Another rotation of the same key makes the same.
    await this.keyring.register(id, note, { spend: current.row.spend });
    const [next, ...older] = await this.ledger.find(id);
    if (!next || next.note.generation < generation) {
      throw new Problem(503, { detail: `the key "${keyName(id)}" could not be rotated; try again`, retryAfter: 5 });
    }
    // Revoked since it was read above: the revocation holds for the new generation too.
    const revokedMeanwhile = older.some(({ state }) => state === 'revoked');
    if (revokedMeanwhile) await this.litellm.setBlocked(next.hash, true);
    const hashes = older.map(({ hash }) => hash);
    await this.litellm.deleteKeys([...new Set([...hashes, this.derivation.hash(id, current.note.generation)])]);
    if (revokedMeanwhile) throw revoked(keyName(id));
    return this.keyring.issued(next, false);
  }
}

function rejectTooSoon({ rotated_at }: Note): void {
  if (!rotated_at) return;
  const waitS = Math.ceil(PAUSE_S - (Date.now() - Date.parse(rotated_at)) / 1000);
  if (waitS > 0) {
    throw new Problem(429, {
      detail: `this key was rotated less than ${PAUSE_S} seconds ago; try again in ${waitS} s`,
      retryAfter: waitS,
    });
  }
}
