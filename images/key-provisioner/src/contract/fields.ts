import { z } from 'zod';
import { SCOPES } from '../configuration';
import { DURATION_ERROR, REQUESTED_DURATION } from '../keys/duration';

/** Fields that several requests and answers share. */

/** An id of Coder's, or a name that an operator chose for a service. */
export const id = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII characters without spaces');
/** A name people chose: shown, logged, never part of a key. */
export const displayName = z
  .string()
  .min(1)
  .max(128)
  // PostgreSQL keeps neither NUL nor half a surrogate pair.
  .regex(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused, and readers of the schema know no \p{Cc}
    /^[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]*$/u,
    'must not contain control characters or unpaired surrogates',
  );

/** US dollars; smaller amounts do not survive the way through the database. */
export const dollars = z.number().min(0.000001).max(1_000_000);
/** LiteLLM's notation of a duration. */
export const duration = z.string().regex(REQUESTED_DURATION, DURATION_ERROR);
/** Requests or tokens per minute. */
export const perMinute = z.int().positive().max(1_000_000_000);

/** An id that a token can prove: the token's message separates its parts by `|`. */
export const provableId = id.regex(/^[^|]*$/, 'must not contain "|"');

/** What a key is for. */
export const scopeSchema = z.enum(SCOPES);
/** `revoked`: by an operator, until restored. `expired`: past its lifetime; a workspace's next start renews it. */
export const keyStateSchema = z.enum(['active', 'revoked', 'expired']);
