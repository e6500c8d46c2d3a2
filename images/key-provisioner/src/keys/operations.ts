import type { LiteLLMClient } from '../litellm/client';
import { notFound, unavailable } from '../problem';
import { type KeyId, keyName } from './key-id';
import type { Ledger } from './ledger';
import { type KeyRecord, noteMetadata } from './record';

/** What an operator does to one key. Each takes effect at once, for all generations there are. */
export class Operations {
  constructor(
    private readonly litellm: LiteLLMClient,
    private readonly ledger: Ledger,
  ) {}

  /** @throws Problem 404 where there is no such key */
  async get(id: KeyId): Promise<KeyRecord> {
    return (await this.live(id))[0];
  }

  /** Blocks a key until {@link restore}; a start of its workspace does not bring it back. */
  revoke(id: KeyId): Promise<KeyRecord> {
    return this.onEvery(id, 'revoked', (hash) => this.litellm.setBlocked(hash, true));
  }

  restore(id: KeyId): Promise<KeyRecord> {
    return this.onEvery(id, 'restored', (hash) => this.litellm.setBlocked(hash, false));
  }

  /** Sets what the key has spent in this window to zero. The person's own total stays. */
  resetSpend(id: KeyId): Promise<KeyRecord> {
    const spend_reset_at = new Date().toISOString();
    return this.onEvery(id, 'reset', async (hash, { note }) => {
      if (!(await this.litellm.resetSpend(hash))) return false;
      return (
        (await this.litellm.updateKey(hash, { metadata: noteMetadata({ ...note, spend_reset_at }) })) !== undefined
      );
    });
  }

  /** Deletes a key. If its holder asks again, they get another one, with another secret. */
  async delete(id: KeyId): Promise<void> {
    await this.get(id);
    for (let round = 0; round < 3; round += 1) {
      const live = await this.ledger.find(id);
      if (live.length === 0) return;
      await this.litellm.deleteKeys(live.map(({ hash }) => hash));
    }
  }

  /** All existing generations of a key, newest first. @throws Problem 404 where there are none */
  private async live(id: KeyId): Promise<[KeyRecord, ...KeyRecord[]]> {
    const [current, ...older] = await this.ledger.find(id);
    if (!current) throw notFound(`there is no key named "${keyName(id)}"; \`gateway keys list\` shows all keys`);
    return [current, ...older];
  }

  /**
   * A rotation may register the next generation while this one is changed. It is done only when all that exist are changed:
   * a revocation that hit just the old generation would be undone by the rotation.
   */
  private async onEvery(
    id: KeyId,
    done: string,
    change: (hash: string, record: KeyRecord) => Promise<boolean>,
  ): Promise<KeyRecord> {
    const changed = new Set<string>();
    for (let round = 0; round < 5; round += 1) {
      const live = await this.live(id);
      const open = live.filter(({ hash }) => !changed.has(hash));
      if (open.length === 0) return live[0];
      const found = await Promise.all(open.map((record) => change(record.hash, record)));
      for (const [index, { hash }] of open.entries()) if (found[index]) changed.add(hash);
    }
    throw unavailable(`the key "${keyName(id)}" could not be ${done} because it kept changing; try again`);
  }
}
