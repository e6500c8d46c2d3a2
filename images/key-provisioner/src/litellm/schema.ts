import { z } from 'zod';

/** LiteLLM's answers, as far as this service reads them. */

/** LiteLLM writes the same time in several ways, sometimes without a zone: then it means UTC. */
const timestamp = z
  .string()
  .nullish()
  .transform((text) => (text ? new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`).toISOString() : null));

const metadata = z.preprocess((value) => value ?? {}, z.record(z.string(), z.unknown()));

/** One row of LiteLLM's key table, without the hash: `/key/info` leaves it out. */
export const keyRowSchema = z.object({
  token: z.string().nullish(),
  key_name: z.string().nullish(),
  key_alias: z.string().nullish(),
  user_id: z.string().nullish(),
  spend: z
    .number()
    .nullish()
    .transform((spend) => spend ?? 0),
  max_budget: z.number().nullish(),
  budget_duration: z.string().nullish(),
  budget_reset_at: timestamp,
  rpm_limit: z.number().nullish(),
  tpm_limit: z.number().nullish(),
  max_parallel_requests: z.number().nullish(),
  models: z
    .array(z.string())
    .nullish()
    .transform((models) => models ?? []),
  allowed_routes: z.array(z.string()).nullish(),
  expires: timestamp,
  blocked: z.boolean().nullish(),
  created_at: timestamp,
  last_active: timestamp,
  metadata,
  status: z.string().nullish(),
});
export type KeyRow = z.infer<typeof keyRowSchema>;

/** The answer of `/key/info`. */
export const keyInfoAnswerSchema = z.object({ info: keyRowSchema });

/** The answer of `/key/list`: one page. */
export const keyListAnswerSchema = z.object({
  keys: z.array(keyRowSchema),
  total_count: z.number(),
  total_pages: z.number(),
});
export type KeyPage = z.infer<typeof keyListAnswerSchema>;

/** One row of LiteLLM's user table. */
export const userRowSchema = z.object({
  user_id: z.string(),
  user_alias: z.string().nullish(),
  spend: z
    .number()
    .nullish()
    .transform((spend) => spend ?? 0),
  max_budget: z.number().nullish(),
  budget_duration: z.string().nullish(),
  budget_reset_at: timestamp,
});
export type UserRow = z.infer<typeof userRowSchema>;

/** The answer of `/user/list`. */
export const userListAnswerSchema = z.object({ users: z.array(userRowSchema) });

/** LiteLLM's errors come in three shapes (and `message` is at times a Python dict in a string). */
const errorSchema = z.union([
  z.object({ error: z.object({ message: z.string(), type: z.string().nullish(), param: z.string().nullish() }) }),
  z.object({ detail: z.unknown() }),
]);

/** An error of LiteLLM; `type` and `param` are empty where it gives none. */
export interface LiteLLMError {
  readonly message: string;
  readonly type: string;
  readonly param: string;
}

/** Reads any of LiteLLM's error shapes. */
export function readError(body: unknown): LiteLLMError {
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) return { message: String(body).slice(0, 200), type: '', param: '' };
  if ('error' in parsed.data) {
    const { message, type, param } = parsed.data.error;
    return { message, type: type ?? '', param: param ?? '' };
  }
  const { detail } = parsed.data;
  return { message: typeof detail === 'string' ? detail : JSON.stringify(detail), type: '', param: '' };
}
