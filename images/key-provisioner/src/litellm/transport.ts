import type { z } from 'zod';
import { scrub } from '../upstream/scrub';
import { type Answer, type Call, Upstream, type UpstreamOptions, UpstreamUnavailable } from '../upstream/upstream';
import { readError } from './schema';

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

/** Where LiteLLM is, and its master key. */
export interface LiteLLMOptions extends Pick<UpstreamOptions, 'url' | 'metrics'> {
  readonly masterKey: string;
}

/** Calls LiteLLM with the master key, and tells an outage from a rejection. */
export class LiteLLMTransport {
  private readonly upstream: Upstream;

  constructor({ url, metrics, masterKey }: LiteLLMOptions) {
    const headers = { authorization: `Bearer ${masterKey}` };
    this.upstream = new Upstream({ name: 'litellm', url, metrics, headers });
  }

  /** @throws UpstreamUnavailable also where LiteLLM answers that it cannot work */
  async send(call: Call): Promise<Answer> {
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

  /** The parsed answer. @throws LiteLLMRefused for any status but 200, and for an answer of another shape */
  expect(answer: Answer, operation: string): void;
  expect<T extends z.ZodType>(answer: Answer, operation: string, schema: T): z.output<T>;
  expect(answer: Answer, operation: string, schema?: z.ZodType): unknown {
    if (answer.status !== 200) throw new LiteLLMRefused(operation, answer.status, readError(answer.body).message);
    if (!schema) return undefined;
    const parsed = schema.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new LiteLLMRefused(operation, answer.status, `the answer has an unexpected shape (${where})`);
  }

  /** Ends idle connections and waits for those in use. */
  close(): Promise<void> {
    return this.upstream.close();
  }
}
