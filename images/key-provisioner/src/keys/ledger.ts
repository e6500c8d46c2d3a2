import type { Scope } from '../configuration';
import type { LiteLLMClient } from '../litellm/client';
import { type Derivation, scopeMark } from './derivation';
import { type KeyId, sameKey } from './key-id';
import { type KeyRecord, type KeyState, readRecord } from './record';

/** Which keys are asked for. @default - all */
export interface LedgerFilter {
  readonly scope?: Scope | undefined;
  readonly owner?: string | undefined;
  readonly state?: KeyState | undefined;
}

/** Most readings of the whole table; what even the last one missed is found in the next run. */
const MAX_READINGS = 3;

/** One page of keys, and how many there are in all. */
export interface LedgerPage {
  readonly records: KeyRecord[];
  readonly total: number;
  readonly totalPages: number;
}

/** LiteLLM's key table seen as the ledger of this service's keys. */
export class Ledger {
  constructor(
    private readonly litellm: LiteLLMClient,
    private readonly derivation: Derivation,
  ) {}

  /**
   * All existing generations of a key, newest first: nearly always one, two in the middle of a rotation.
   *
   * @param owner narrows the search, which makes it fast where there are many keys
   */
  async find(id: KeyId, owner?: string): Promise<KeyRecord[]> {
    const page = await this.litellm.listKeys({ alias: this.derivation.mark(id), owner });
    return page.keys
      .map((row) => readRecord(row, this.derivation))
      .filter((record) => record !== undefined)
      .filter((record) => sameKey(record.id, id))
      .sort((a, b) => b.note.generation - a.note.generation);
  }

  /** The highest deleted generation of a key; 0 if there is none. Its secret must never work again. */
  async lastDeletedGeneration(id: KeyId): Promise<number> {
    let highest = 0;
    const mark = this.derivation.mark(id);
    for (let page = 1; ; page += 1) {
      const { keys, total_pages } = await this.litellm.listKeys({ alias: mark, status: 'deleted', page });
      for (const { key_alias } of keys) {
        const generation = Number(key_alias?.slice(key_alias.lastIndexOf(mark) + mark.length).split('~')[0]);
        if (Number.isSafeInteger(generation)) highest = Math.max(highest, generation);
      }
      if (page >= total_pages) return highest;
    }
  }

  /** One page of keys. Those made elsewhere (LiteLLM's UI) are left out. */
  async page(filter: LedgerFilter, page: number, size: number): Promise<LedgerPage> {
    const answer = await this.litellm.listKeys({
      alias: scopeMark(filter.scope),
      owner: filter.owner,
      status: filter.state,
      page,
      size,
    });
    const records = answer.keys.map((row) => readRecord(row, this.derivation)).filter((record) => record !== undefined);
    return { records, total: answer.total_count, totalPages: answer.total_pages };
  }

  /** Every key that matches, page by page. A key may come twice where others are made meanwhile. */
  async *all(filter: LedgerFilter): AsyncGenerator<KeyRecord> {
    for (let page = 1; ; page += 1) {
      const { records, totalPages } = await this.page(filter, page, 100);
      yield* records;
      if (page >= totalPages) return;
    }
  }

  /** Every key of ours by its hash. A key deleted during the reading moves others past it: then it is read again. */
  async snapshot(): Promise<Map<string, KeyRecord>> {
    const found = new Map<string, KeyRecord>();
    for (let reading = 1; ; reading += 1) {
      let first: number | undefined;
      for (let page = 1; ; page += 1) {
        const { records, total, totalPages } = await this.page({}, page, 100);
        first ??= total;
        for (const record of records) found.set(record.hash, record);
        if (page < totalPages) continue;
        if (total >= first || reading === MAX_READINGS) return found;
        break;
      }
    }
  }
}
