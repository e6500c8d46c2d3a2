import {
  type KeyPage,
  type KeyRow,
  keyInfoAnswerSchema,
  keyListAnswerSchema,
  keyRowSchema,
  readError,
  type UserRow,
  userListAnswerSchema,
  userRowSchema,
} from './schema';
import { type LiteLLMOptions, LiteLLMTransport } from './transport';

/** Which keys are listed. */
export interface KeyQuery {
  /** Part of the alias. */
  readonly alias?: string;
  readonly owner?: string | undefined;
  readonly status?: 'active' | 'expired' | 'revoked' | 'deleted' | undefined;
  /** From 1. @default 1 */
  readonly page?: number;
  /** 1 to 100. @default 100 */
  readonly size?: number;
}

/** The fields of `/key/generate` and `/key/update` in use here. */
export interface KeyBody {
  key_alias?: string;
  user_id?: string | null;
  models?: string[];
  max_budget?: number;
  budget_duration?: string;
  duration?: string;
  rpm_limit?: number;
  tpm_limit?: number | null;
  max_parallel_requests?: number | null;
  allowed_routes?: string[];
  spend?: number;
  metadata?: Record<string, unknown>;
}

/** LiteLLM's management API with the master key. Keys are always named by their hash, so that no URL or log holds one. */
export class LiteLLMClient {
  private readonly transport: LiteLLMTransport;

  constructor(options: LiteLLMOptions) {
    this.transport = new LiteLLMTransport(options);
  }

  /** One key by its hash, or undefined. A deleted key is answered from LiteLLM's archive with status `deleted`. */
  async keyInfo(hash: string): Promise<KeyRow | undefined> {
    const answer = await this.transport.send({
      operation: 'key/info',
      method: 'GET',
      path: '/key/info',
      query: { key: hash },
    });
    if (answer.status === 404) return undefined;
    return { ...this.transport.expect(answer, 'key/info', keyInfoAnswerSchema).info, token: hash };
  }

  async listKeys(query: KeyQuery): Promise<KeyPage> {
    const answer = await this.transport.send({
      operation: 'key/list',
      method: 'GET',
      path: '/key/list',
      query: {
        return_full_object: 'true',
        page: String(query.page ?? 1),
        size: String(query.size ?? 100),
        ...(query.alias ? { key_alias: query.alias, substring_matching: 'true' } : {}),
        ...(query.owner ? { user_id: query.owner } : {}),
        ...(query.status ? { status: query.status } : {}),
      },
    });
    return this.transport.expect(answer, 'key/list', keyListAnswerSchema);
  }

  /**
   * Registers a key. Where the very same key exists under another alias, LiteLLM answers as if it had written and writes
   * nothing (measured): the answer is to be trusted only for a key known not to exist.
   *
   * @returns undefined where the alias is taken, or another call has registered the very same key
   */
  async generateKey(key: string, body: KeyBody): Promise<KeyRow | undefined> {
    const answer = await this.transport.send({
      operation: 'key/generate',
      method: 'POST',
      path: '/key/generate',
      body: { key, ...body },
    });
    if (answer.status === 400 && readError(answer.body).param === 'key_alias') return undefined;
    // Two inserts of the same key at the same moment: the slower one violates the primary key.
    if (answer.status === 500 && /unique constraint/i.test(readError(answer.body).message)) return undefined;
    return this.transport.expect(answer, 'key/generate', keyRowSchema);
  }

  /** Changes the given fields and nothing else. Undefined where there is no such key. */
  async updateKey(hash: string, body: KeyBody): Promise<KeyRow | undefined> {
    const answer = await this.transport.send({
      operation: 'key/update',
      method: 'POST',
      path: '/key/update',
      body: { key: hash, ...body },
    });
    if (answer.status === 404) return undefined;
    return { ...this.transport.expect(answer, 'key/update', keyRowSchema), token: hash };
  }

  /** @returns whether there was such a key */
  async setBlocked(hash: string, blocked: boolean): Promise<boolean> {
    const operation = blocked ? 'key/block' : 'key/unblock';
    const answer = await this.transport.send({ operation, method: 'POST', path: `/${operation}`, body: { key: hash } });
    if (answer.status === 404) return false;
    this.transport.expect(answer, operation);
    return true;
  }

  /** Deletes keys by hash; those that do not exist are ignored. */
  async deleteKeys(hashes: readonly string[]): Promise<void> {
    const answer = await this.transport.send({
      operation: 'key/delete',
      method: 'POST',
      path: '/key/delete',
      body: { keys: hashes },
    });
    if (answer.status !== 404) this.transport.expect(answer, 'key/delete');
  }

  /** @returns whether there was such a key */
  async resetSpend(hash: string): Promise<boolean> {
    const operation = 'key/reset_spend';
    const answer = await this.transport.send({
      operation,
      method: 'POST',
      path: `/key/${hash}/reset_spend`,
      body: { reset_to: 0 },
    });
    if (answer.status === 404) return false;
    this.transport.expect(answer, operation);
    return true;
  }

  async userInfo(id: string): Promise<UserRow | undefined> {
    const answer = await this.transport.send({
      operation: 'user/info',
      method: 'GET',
      path: '/v2/user/info',
      query: { user_id: id },
    });
    if (answer.status === 404) return undefined;
    return this.transport.expect(answer, 'user/info', userRowSchema);
  }

  /** Those of up to 100 users that exist. None of the ids may hold a comma, which separates them on the way. */
  async listUsers(ids: readonly string[]): Promise<UserRow[]> {
    const answer = await this.transport.send({
      operation: 'user/list',
      method: 'GET',
      path: '/user/list',
      // A single id would be taken for a part of one (measured); the same one twice is not.
      query: { user_ids: [...ids, ...ids.slice(0, 1)].join(','), page: '1', page_size: '100' },
    });
    return this.transport.expect(answer, 'user/list', userListAnswerSchema).users;
  }

  /** @returns false where there is such a user already */
  async createUser(body: Record<string, unknown>): Promise<boolean> {
    const answer = await this.transport.send({
      operation: 'user/new',
      method: 'POST',
      path: '/user/new',
      body: { auto_create_key: false, ...body },
    });
    if (answer.status === 409) return false;
    if (answer.status === 500 && /unique constraint/i.test(readError(answer.body).message)) return false;
    this.transport.expect(answer, 'user/new');
    return true;
  }

  async updateUser(body: Record<string, unknown>): Promise<void> {
    const answer = await this.transport.send({ operation: 'user/update', method: 'POST', path: '/user/update', body });
    this.transport.expect(answer, 'user/update');
  }

  /** Whether LiteLLM says that it and its database are ready. It notices a lost database only after some 17 s. */
  async isReady(): Promise<boolean> {
    const call = { operation: 'readiness', method: 'GET', path: '/health/readiness', attempts: 1 } as const;
    try {
      const { status, body } = await this.transport.send(call);
      return status === 200 && (body as { db?: unknown } | null)?.db === 'connected';
    } catch {
      return false;
    }
  }

  close(): Promise<void> {
    return this.transport.close();
  }
}
