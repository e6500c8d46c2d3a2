import type { Policy } from '../configuration';
import type { KeyBody } from '../litellm/client';
import type { KeyRow } from '../litellm/schema';
import { milliseconds } from './duration';
import { ALLOWED_ROUTES } from './routes';

/** Limits of one key that differ from its scope's policy, as an operator asked for them. */
export type Overrides = Partial<Policy>;

/** The fields a new key is registered with. */
export function limitsBody(policy: Policy): KeyBody {
  return { ...policy, allowed_routes: [...ALLOWED_ROUTES] };
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
  if (!sameSet(row.allowed_routes ?? [], ALLOWED_ROUTES)) body.allowed_routes = [...ALLOWED_ROUTES];
  return body;
}

/**
 * Whether a key's remaining time should be set anew: it is renewed at every start, but not several times within a
 * minute (or a hundredth of its life), so that a storm of starts is not a storm of writes.
 */
export function needsRenewal(row: KeyRow, duration: string, now = Date.now()): boolean {
  if (!row.expires) return true;
  const { lifetime, slack, remaining } = life(row.expires, duration, now);
  return remaining < lifetime - slack || remaining > lifetime + slack;
}

/**
 * The fields in which a key differs from its policy although nobody asks for it. A lifetime is only ever shortened here:
 * one that was lengthened holds from the next renewal, since a key that nobody asks for would otherwise never expire.
 */
export function policyChanges(row: KeyRow, policy: Policy, now = Date.now()): KeyBody {
  return {
    ...changedLimits(row, policy),
    ...(outlives(row, policy.duration, now) ? { duration: policy.duration } : {}),
  };
}

function outlives({ expires }: KeyRow, duration: string, now: number): boolean {
  if (!expires) return true;
  const { lifetime, slack, remaining } = life(expires, duration, now);
  return remaining > lifetime + slack;
}

/** All in milliseconds; `slack` allows for clocks that differ a little. */
function life(expires: string, duration: string, now: number) {
  const lifetime = milliseconds(duration);
  return { lifetime, slack: Math.min(60_000, lifetime / 100), remaining: Date.parse(expires) - now };
}

const sameSet = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && new Set([...a, ...b]).size === new Set(a).size;
