import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Metrics } from '../metrics';
import { scrub } from './scrub';

/** A service that this one depends on is unreachable, or fails internally. */
export class UpstreamUnavailable extends Error {
  override readonly name = 'UpstreamUnavailable';

  constructor(
    readonly upstream: string,
    reason: string,
  ) {
    super(`${upstream}: ${scrub(reason)}`);
  }
}

/** How another service is called. */
export interface UpstreamOptions {
  readonly name: 'litellm' | 'coder';
  /** Base URL. */
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly metrics: Metrics;
  /** Most connections, and so calls in progress; further calls wait, which the time-out does not count. @default 12 */
  readonly connections?: number;
  /** Time-out of one answer. @default 10000 */
  readonly timeoutMs?: number;
}

/** One request to another service. */
export interface Call {
  /** Names the call in metrics. */
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** @default 3 */
  readonly attempts?: number;
}

/** What another service answered. */
export interface Answer {
  readonly status: number;
  /** Parsed JSON, or the text where it is not JSON. */
  readonly body: unknown;
}

/** After this long there are no further attempts. */
const PATIENCE_MS = 4_000;
const CONNECT_TIMEOUT_MS = 3_000;
const DEFAULT_TIMEOUT_MS = 10_000;
/** Below the 5 s after which uvicorn drops an idle connection. */
const KEEP_ALIVE_MS = 4_000;

/**
 * HTTP with one other service: bounded connections, a time-out on every call, and a few retries where nothing answered.
 * Every call made through it must be safe to repeat.
 */
export class Upstream {
  private readonly pool: Pool;
  private readonly prefix: string;

  constructor(private readonly options: UpstreamOptions) {
    const { origin, pathname } = new URL(options.url);
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.prefix = pathname.replace(/\/$/, '');
    this.pool = new Pool(origin, {
      connections: options.connections ?? 12,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
    });
  }

  /** @throws UpstreamUnavailable when there is no answer, or only 502, 503 and 504 */
  async call(call: Call): Promise<Answer> {
    const started = performance.now();
    const attempts = call.attempts ?? 3;
    for (let attempt = 1; ; attempt += 1) {
      const last = () => attempt >= attempts || performance.now() - started > PATIENCE_MS;
      try {
        const answer = await this.once(call);
        if (answer.status < 502 || answer.status > 504) return answer;
        if (last()) throw new UpstreamUnavailable(this.options.name, `answered ${answer.status}`);
      } catch (error) {
        if (error instanceof UpstreamUnavailable) throw error;
        if (last()) throw new UpstreamUnavailable(this.options.name, describe(error));
      }
      await sleep(100 * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }

  /** Ends idle connections and waits for those in use. */
  close(): Promise<void> {
    return this.pool.close();
  }

  private async once({ operation, method, path, query, body, headers }: Call): Promise<Answer> {
    const end = this.options.metrics.upstreamCalls.startTimer({ upstream: this.options.name, operation });
    let status = 'none';
    try {
      const response = await this.pool.request({
        method,
        path: this.prefix + path,
        ...(query ? { query } : {}),
        headers: {
          accept: 'application/json',
          ...this.options.headers,
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      status = String(response.statusCode);
      const text = await response.body.text();
      return { status: response.statusCode, body: parse(text) };
    } finally {
      end({ status });
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  return code ? `${code} ${error.message}` : error.message;
}
