import { z } from 'zod';
import { call, type Http, type Service } from './http';

/** An answer of LiteLLM: JSON where it was JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** LiteLLM, called with a virtual key. It never throws for a status: what a status means is for the caller to say. */
export class GatewayClient {
  private readonly service: Service;

  constructor(
    private readonly http: Http,
    readonly url: string,
  ) {
    this.service = { name: 'the gateway', url, variable: 'GATEWAY_URL' };
  }

  get = (path: string, key?: string, timeoutMs?: number) => this.request('GET', path, key, undefined, timeoutMs);
  post = (path: string, body: unknown, key?: string, timeoutMs = 120_000) =>
    this.request('POST', path, key, body, timeoutMs);

  /** @throws CliError (unreachable) where no answer comes */
  private async request(
    method: string,
    path: string,
    key?: string,
    body?: unknown,
    timeoutMs?: number,
  ): Promise<Answer> {
    const headers = {
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const request = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const { status, headers: received, text } = await call(this.http, this.service, path, request, timeoutMs);
    return { status, headers: received, text, json: tryJson(text) };
  }
}

const errorSchema = z.object({ error: z.object({ message: z.string(), type: z.string().nullish() }) });

/** The error in an answer, whichever of LiteLLM's shapes it has. */
export function errorOf({ status, json, text }: Answer): { type: string; message: string } {
  const parsed = errorSchema.safeParse(json);
  if (parsed.success) return { type: parsed.data.error.type ?? '', message: parsed.data.error.message };
  const detail = (json as { detail?: unknown } | undefined)?.detail;
  return {
    type: '',
    message: detail === undefined ? text.slice(0, 300) || `status ${status}` : JSON.stringify(detail),
  };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
