import type { z } from 'zod';
import { scrub } from '../upstream/scrub';
import { type Answer, type Call, Upstream, type UpstreamOptions, UpstreamUnavailable } from '../upstream/upstream';
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

/** LiteLLM answered, and rejected a request that it should have accepted. */
export class LiteLLMRefused extends Error {
  override readonly name = 'LiteLLMRefused';

  constructor(
    readonly operation: string,
    readonly status: number,
    reason: string,
  ) {
    super(`LiteLLM rejected ${operation} with ${status}: ${scrub(reason)}`);
  }
}

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
  private readonly upstream: Upstream;

  constructor(options: Pick<UpstreamOptions, 'url' | 'metrics'> & { masterKey: string }) {
    this.upstream = new Upstream({
      name: 'litellm',
      url: options.url,
      metrics: options.metrics,
      headers: { authorization: `Bearer ${options.masterKey}` },
    });
  }

  /** One key by its hash, or undefined. A deleted key is answered from LiteLLM's archive with status `deleted`. */
  async keyInfo(hash: string): Promise<KeyRow | undefined> {
    const answer = await this.send({ operation: 'key/info', method: 'GET', path: '/key/info', query: { key: hash } });
    if (answer.status === 404) return undefined;
    return { ...this.expect(answer, 'key/info', keyInfoAnswerSchema).info, token: hash };
  }

  async listKeys(query: KeyQuery): Promise<KeyPage> {
    const answer = await this.send({
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
    return this.expect(answer, 'key/list', keyListAnswerSchema);
  }

  /**
   * Registers a key. Where the very same key exists under another alias, LiteLLM answers as if it had written and writes
   * nothing (measured): the answer is to be trusted only for a key known not to exist.
   *
   * @returns undefined where the alias is taken, or another call has registered the very same key
   */
  async generateKey(key: string, body: KeyBody): Promise<KeyRow | undefined> {
    const answer = await this.send({
      operation: 'key/generate',
      method: 'POST',
      path: '/key/generate',
      body: { key, ...body },
    });
    if (answer.status === 400 && readError(answer.body).param === 'key_alias') return undefined;
    // Two inserts of the same key at the same moment: the slower one violates the primary key.
    if (answer.status === 500 && /unique constraint/i.test(readError(answer.body).message)) return undefined;
    return this.expect(answer, 'key/generate', keyRowSchema);
  }

  /** Changes the given fields and nothing else. Undefined where there is no such key. */
  async updateKey(hash: string, body: KeyBody): Promise<KeyRow | undefined> {
    const answer = await this.send({
      operation: 'key/update',
      method: 'POST',
      path: '/key/update',
      body: { key: hash, ...body },
    });
    if (answer.status === 404) return undefined;
    return { ...this.expect(answer, 'key/update', keyRowSchema), token: hash };
  }

  /** @returns whether there was such a key */
  async setBlocked(hash: string, blocked: boolean): Promise<boolean> {
    const operation = blocked ? 'key/block' : 'key/unblock';
    const answer = await this.send({ operation, method: 'POST', path: `/${operation}`, body: { key: hash } });
    if (answer.status === 404) return false;
    this.expect(answer, operation);
    return true;
  }

  /** Deletes keys by hash; those that do not exist are ignored. */
  async deleteKeys(hashes: readonly string[]): Promise<void> {
    const answer = await this.send({
      operation: 'key/delete',
      method: 'POST',
      path: '/key/delete',
      body: { keys: hashes },
    });
    if (answer.status !== 404) this.expect(answer, 'key/delete');
  }

  /** @returns whether there was such a key */
  async resetSpend(hash: string): Promise<boolean> {
    const operation = 'key/reset_spend';
    const answer = await this.send({
      operation,
      method: 'POST',
      path: `/key/${hash}/reset_spend`,
      body: { reset_to: 0 },
    });
    if (answer.status === 404) return false;
    this.expect(answer, operation);
    return true;
  }

  async userInfo(id: string): Promise<UserRow | undefined> {
    const answer = await this.send({
      operation: 'user/info',
      method: 'GET',
      path: '/v2/user/info',
      query: { user_id: id },
    });
    if (answer.status === 404) return undefined;
    return this.expect(answer, 'user/info', userRowSchema);
  }

  /** Those of up to 100 users that exist. None of the ids may hold a comma, which separates them on the way. */
  async listUsers(ids: readonly string[]): Promise<UserRow[]> {
    const answer = await this.send({
      operation: 'user/list',
      method: 'GET',
      path: '/user/list',
      // A single id would be taken for a part of one (measured); the same one twice is not.
      query: { user_ids: [...ids, ...ids.slice(0, 1)].join(','), page: '1', page_size: '100' },
    });
    return this.expect(answer, 'user/list', userListAnswerSchema).users;
  }

  /** @returns false where there is such a user already */
  async createUser(body: Record<string, unknown>): Promise<boolean> {
    const answer = await this.send({
      operation: 'user/new',
      method: 'POST',
      path: '/user/new',
      body: { auto_create_key: false, ...body },
    });
    if (answer.status === 409) return false;
    if (answer.status === 500 && /unique constraint/i.test(readError(answer.body).message)) return false;
    this.expect(answer, 'user/new');
    return true;
  }

  async updateUser(body: Record<string, unknown>): Promise<void> {
    const answer = await this.send({ operation: 'user/update', method: 'POST', path: '/user/update', body });
    this.expect(answer, 'user/update');
  }

  /** Whether LiteLLM says that it and its database are ready. It notices a lost database only after some 17 s. */
  async isReady(): Promise<boolean> {
    try {
      const answer = await this.upstream.call({
        operation: 'readiness',
        method: 'GET',
        path: '/health/readiness',
        attempts: 1,
      });
      return answer.status === 200 && (answer.body as { db?: unknown } | null)?.db === 'connected';
    } catch {
      return false;
    }
  }

  close(): Promise<void> {
    return this.upstream.close();
  }

  private async send(call: Call): Promise<Answer> {
    const answer = await this.upstream.call(call);
    const failed = answer.status >= 500;
    // An exhausted database pool answers 401 "All connection attempts failed" at times: not a matter of credentials.
    const lostDatabase = answer.status === 401 && /connection attempts failed/i.test(readError(answer.body).message);
    const duplicate = failed && /unique constraint/i.test(readError(answer.body).message);
    if ((failed && !duplicate) || lostDatabase) {
      throw new UpstreamUnavailable('litellm', `${call.operation}: ${answer.status} ${readError(answer.body).message}`);
    }
    return answer;
  }

  private expect(answer: Answer, operation: string): void;
  private expect<T extends z.ZodType>(answer: Answer, operation: string, schema: T): z.output<T>;
  private expect(answer: Answer, operation: string, schema?: z.ZodType): unknown {
    if (answer.status !== 200) throw new LiteLLMRefused(operation, answer.status, readError(answer.body).message);
    if (!schema) return undefined;
    const parsed = schema.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new LiteLLMRefused(operation, answer.status, `the answer has an unexpected shape (${where})`);
  }
}
