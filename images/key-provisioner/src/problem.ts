import { STATUS_CODES } from 'node:http';

/** What can go wrong with one field of a request. */
export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

/** What a problem document says besides its status. */
export interface ProblemOptions {
  /** What was wrong and what to do about it; for the caller. */
  readonly detail: string;
  /** Seconds until another attempt makes sense. @default - no `Retry-After` */
  readonly retryAfter?: number;
  readonly errors?: readonly FieldError[];
  /** For the log, never for the caller. */
  readonly cause?: unknown;
  /** @default - the status code's own name */
  readonly title?: string;
  /** @default 'about:blank' */
  readonly type?: string;
}

/** An answer other than success: becomes an RFC 9457 problem document. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly title: string;
  readonly type: string;
  readonly retryAfter: number | undefined;
  readonly errors: readonly FieldError[] | undefined;

  constructor(
    readonly status: number,
    options: ProblemOptions,
  ) {
    super(options.detail, { cause: options.cause });
    this.title = options.title ?? STATUS_CODES[status] ?? 'Error';
    this.type = options.type ?? 'about:blank';
    this.retryAfter = options.retryAfter;
    this.errors = options.errors;
  }
}

/** 401: no credential, or a wrong one. */
export const unauthorized = (detail: string) => new Problem(401, { detail });
/** 403 */
export const forbidden = (detail: string) => new Problem(403, { detail });
/** 404 */
export const notFound = (detail: string) => new Problem(404, { detail });
/** 409 */
export const conflict = (detail: string) => new Problem(409, { detail });
/** 422 about one field of the request. */
export const invalid = (field: string, detail: string) =>
  new Problem(422, { detail: `${field}: ${detail}`, errors: [{ field, detail }] });
/** 503: another attempt makes sense after `retryAfter` seconds. */
export const unavailable = (detail: string, cause?: unknown, retryAfter = 5) =>
  new Problem(503, { detail, retryAfter, cause });
/** 502: LiteLLM rejects this service, which only an operator can change. */
export const badGateway = (detail: string, cause?: unknown) => new Problem(502, { detail, retryAfter: 30, cause });

/** A key that an operator has blocked; only an operator can restore it. */
export const revoked = (name: string) =>
  new Problem(403, {
    title: 'Key revoked',
    detail: `the key "${name}" was revoked by an operator and stays revoked across restarts; an operator can restore it with \`gateway keys restore ${name}\``,
  });
