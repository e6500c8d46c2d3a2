import { LARGEST_BODY } from './body-limits';

/** Beginnings of the paths whose callers understand Anthropic's errors; all others understand OpenAI's. */
export const ANTHROPIC_PATHS: readonly string[] = ['/v1/messages', '/anthropic/', '/api/oauth/'];

/** Beginning of the paths that both APIs have: callers of Anthropic's send {@link ANTHROPIC_HEADER} with them. */
export const SHARED_PATHS = '/v1/models';

/** Every client of Anthropic's API sends it. */
export const ANTHROPIC_HEADER = 'anthropic-version';

/** Something that the edge or a door says by itself, in LiteLLM's place. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  /** Type of the error in either envelope. */
  readonly type: string;
  readonly message: string;
}

/** Bodies that neither the edge nor a door reads. */
export const BODY_REFUSALS = {
  chunked: {
    status: 411,
    type: 'invalid_request_error',
    message: 'a body needs a Content-Length here; chunked bodies are not read',
  },
  tooLarge: {
    status: 413,
    type: 'request_too_large',
    message: `the body is larger than ${LARGEST_BODY / 1024 ** 2} MB`,
  },
  compressed: { status: 415, type: 'invalid_request_error', message: 'a body must not be compressed here' },
} as const satisfies Readonly<Record<string, Refusal>>;

/** An error as Anthropic's API writes it. */
export const anthropicError = ({ type, message }: Pick<Refusal, 'type' | 'message'>) =>
  JSON.stringify({ type: 'error', error: { type, message } });

/** An error as OpenAI's API writes it. */
export const openaiError = ({ status, type, message }: Refusal) =>
  JSON.stringify({ error: { message, type, param: null, code: String(status) } });
