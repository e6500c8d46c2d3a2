import type { Policy } from '../configuration';
import type { KeyBody } from '../litellm/client';
import type { KeyRow } from '../litellm/schema';
import { durationSeconds } from './duration';
import { ALLOWED_ROUTES } from './routes';

/** Limits of one key that differ from its scope's policy, as an operator asked for them. */
export type Overrides = Partial<Policy>;

/** The fields a new key is registered with. */
export function limitsBody({ tpm_limit, max_parallel_requests, ...policy }: Policy): KeyBody {
  return {
    ...policy,
    ...(tpm_limit === undefined ? {} : { tpm_limit }),
    ...(max_parallel_requests === undefined ? {} : { max_parallel_requests }),
    allowed_routes: [...ALLOWED_ROUTES],
  };
}

/** The fields in which an existing key differs from its policy; except its lifetime. */
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
 * Whether a key's remaining time should be set anew: it is renewed at every start, but not several times within a minute
 * (or a hundredth of its lifetime), so that many starts at once do not cause as many writes.
 *
 * @param now milliseconds since the epoch
 */
export function needsRenewal(row: KeyRow, duration: string, now = Date.now()): boolean {
  if (!row.expires) return true;
  const { lifetimeMs, slackMs, remainingMs } = timesOf(row.expires, duration, now);
  return remainingMs < lifetimeMs - slackMs || remainingMs > lifetimeMs + slackMs;
}

/**
 * The fields in which a key differs from its policy, when nobody asks for the key. A lifetime is only ever shortened
 * here: a longer one applies from the next renewal, since a key that nobody asks for would otherwise never expire.
 *
 * @param now milliseconds since the epoch
 */
export function policyChanges(row: KeyRow, policy: Policy, now = Date.now()): KeyBody {
  return {
    ...changedLimits(row, policy),
    ...(expiresTooLate(row, policy.duration, now) ? { duration: policy.duration } : {}),
  };
}

function expiresTooLate({ expires }: KeyRow, duration: string, now: number): boolean {
  if (!expires) return true;
  const { lifetimeMs, slackMs, remainingMs } = timesOf(expires, duration, now);
  return remainingMs > lifetimeMs + slackMs;
}

/** Most that clocks may differ. */
const MAX_SLACK_MS = 60_000;

function timesOf(expires: string, duration: string, now: number) {
  const lifetimeMs = durationSeconds(duration) * 1000;
  return { lifetimeMs, slackMs: Math.min(MAX_SLACK_MS, lifetimeMs / 100), remainingMs: Date.parse(expires) - now };
}

const sameSet = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && new Set([...a, ...b]).size === new Set(a).size;
