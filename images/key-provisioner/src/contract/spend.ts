import { z } from 'zod';
import { id } from './fields';

/** Accounts of either kind in one request: LiteLLM is asked about one after the other, and the answer waits for that. */
export const MOST_CORRECTED_ACCOUNTS = 20;

/** `POST /api/v1/admin/spend-corrected`: accounts whose spend was changed in LiteLLM's database. */
export const spendCorrectedRequestSchema = z.strictObject({
  /** Hashes of keys, as LiteLLM keeps them. */
  keys: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of a key, in hexadecimal'))
    .max(MOST_CORRECTED_ACCOUNTS)
    .default([]),
  /** People, by Coder's id. */
  people: z.array(id).max(MOST_CORRECTED_ACCOUNTS).default([]),
});
export type SpendCorrectedRequest = z.input<typeof spendCorrectedRequestSchema>;

/** How many accounts LiteLLM has read again, and how many it could not. Those that do not exist count as neither. */
export const spendCorrectedResponseSchema = z.object({ refreshed: z.number(), failed: z.number() });
export type SpendCorrectedResponse = z.infer<typeof spendCorrectedResponseSchema>;
