import type { Policy } from '../configuration';
import type { KeyBody } from '../litellm/client';
import type { KeyRow } from '../litellm/schema';
import { milliseconds } from './duration';

/** Limits of one key that differ from its scope's policy, as an operator asked for them. */
export type Overrides = Partial<Policy>;

/** Routes a key may call: models and their information, never LiteLLM's health (which spends money) or management. */
export const ALLOWED_ROUTES = ['llm_api_routes'];

/** The fields a new key is registered with. */
export function limitsBody(policy: Policy): KeyBody {
  return { ...policy, allowed_routes: ALLOWED_ROUTES };
}

/** The fields in which an existing key differs from its policy; lifetime apart. */
export function changedLimits(row: KeyRow, policy: Policy): KeyBody {
  const body: KeyBody = {};
  if (row.max_budget !== policy.max_budget) body.max_budget = policy.max_budget;
  if (row.budget_duration !== policy.budget_duration) body.budget_duration = policy.budget_duration;
  if (row.rpm_limit !== policy.rpm_limit) body.rpm_limit = policy.rpm_limit;
  const tpm = policy.tpm_limit ?? null;
  if ((row.tpm_limit ?? null) !== tpm) body.tpm_limit = tpm;
  const parallel = policy.max_parallel_requests ?? null;
  if ((row.max_parallel_requests ?? null) !== parallel) body.max_parallel_requests = parallel;
  if (!sameSet(row.models, policy.models)) body.models = policy.models;
  if (!sameSet(row.allowed_routes ?? [], ALLOWED_ROUTES)) body.allowed_routes = ALLOWED_ROUTES;
  return body;
}

/**
 * Whether a key's remaining time should be set anew: it is renewed at every start, but not several times within a
 * minute (or a hundredth of its life), so that a storm of starts is not a storm of writes.
 */
export function needsRenewal(row: KeyRow, duration: string, now = Date.now()): boolean {
  if (!row.expires) return true;
  const lifetime = milliseconds(duration);
  const slack = Math.min(60_000, lifetime / 100);
  const remaining = Date.parse(row.expires) - now;
  return remaining < lifetime - slack || remaining > lifetime + slack;
}

const sameSet = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && new Set([...a, ...b]).size === new Set(a).size;
