import {
  changedLimits,
  limitsBody,
  needsRenewal,
  policyChanges,
} from '../../../images/key-provisioner/src/keys/limits';
import { ALLOWED_ROUTES } from '../../../images/key-provisioner/src/keys/routes';
import { keyRowSchema } from '../../../images/key-provisioner/src/litellm/schema';
import { configuration } from './configuration';

const policy = configuration.policies.workspace;
const row = (fields: object = {}) =>
  keyRowSchema.parse({ ...policy, token: 'hash', metadata: {}, allowed_routes: ALLOWED_ROUTES, ...fields });
const NOW = Date.parse('2026-11-23T12:00:00Z');
const DAY = 86_400_000;
const expiringIn = (ms: number) => row({ expires: new Date(NOW + ms).toISOString() });

test('a key that has its policy is left alone', () => {
  expect(changedLimits(row(), policy)).toEqual({});
});

test('models in another order are the same models', () => {
  expect(changedLimits(row({ models: [...policy.models].reverse() }), policy)).toEqual({});
});

test.each([
  [{ max_budget: 1 }, { max_budget: 10 }],
  [{ max_budget: null }, { max_budget: 10 }],
  [{ budget_duration: '1d' }, { budget_duration: '30d' }],
  [{ rpm_limit: 1 }, { rpm_limit: 60 }],
  [{ tpm_limit: 5 }, { tpm_limit: null }],
  [{ max_parallel_requests: 5 }, { max_parallel_requests: null }],
  [{ models: [] }, { models: policy.models }],
  [{ models: ['claude-haiku-4-5'] }, { models: policy.models }],
  [{ allowed_routes: [] }, { allowed_routes: ALLOWED_ROUTES }],
  [{ allowed_routes: ['llm_api_routes'] }, { allowed_routes: ALLOWED_ROUTES }],
])('a key with %j is changed by %j and nothing else', (found, change) => {
  expect(changedLimits(row(found), policy)).toEqual(change);
});

test('a new key always has models, budget, window, rate, lifetime and routes', () => {
  for (const scope of ['workspace', 'user', 'ci', 'agent:review', 'agent:write'] as const) {
    const body = limitsBody(configuration.policies[scope]);
    expect(body).toMatchObject({
      max_budget: expect.any(Number),
      budget_duration: expect.any(String),
      rpm_limit: expect.any(Number),
      duration: expect.any(String),
      allowed_routes: expect.arrayContaining(['/v1/chat/completions', '/v1/messages']),
    });
    expect(body.models?.length).toBeGreaterThan(0);
  }
});

test('a start renews a key, a second start within a minute does not', () => {
  expect(needsRenewal(expiringIn(29 * DAY), '30d', NOW)).toBe(true);
  expect(needsRenewal(expiringIn(30 * DAY - 61_000), '30d', NOW)).toBe(true);
  expect(needsRenewal(expiringIn(30 * DAY - 59_000), '30d', NOW)).toBe(false);
});

test('a key without an end, past its end, or with more time than its policy gives is set to the policy', () => {
  expect(needsRenewal(row({ expires: null }), '30d', NOW)).toBe(true);
  expect(needsRenewal(expiringIn(-1), '30d', NOW)).toBe(true);
  expect(needsRenewal(expiringIn(90 * DAY), '30d', NOW)).toBe(true);
});

test.each([
  ['ends later than its policy allows', 90 * DAY, '30d', { duration: '30d' }],
  ['ends as its policy says', 30 * DAY, '30d', {}],
  ['was renewed by a clock that is a little ahead', 30 * DAY + 50_000, '30d', {}],
  ['would have a longer lifetime under its policy', 10 * DAY, '30d', {}],
  ['is expired', -DAY, '30d', {}],
])('when nobody asks for a key that %s, its lifetime is at most shortened', (_what, ms, duration, change) => {
  expect(policyChanges(expiringIn(ms), { ...policy, duration }, NOW)).toEqual(change);
});

test('a key without an end gets one, even when nobody asks for it', () => {
  expect(policyChanges(row({ expires: null }), policy, NOW)).toEqual({ duration: policy.duration });
});

test.each([
  ['10s', 10],
  ['10m', 600],
  ['10h', 36_000],
  ['10d', 864_000],
])('a lifetime of %s is %d seconds', (duration, seconds) => {
  expect(needsRenewal(expiringIn(seconds * 1000), duration, NOW)).toBe(false);
  expect(needsRenewal(expiringIn(seconds * 970), duration, NOW)).toBe(true);
});

test('a short lifetime is renewed in proportion', () => {
  expect(needsRenewal(expiringIn(5_000), '10s', NOW)).toBe(true);
  expect(needsRenewal(expiringIn(9_950), '10s', NOW)).toBe(false);
});

test.each(['2026-11-23T12:00:00Z', '2026-11-23T12:00:00+00:00', '2026-11-23T14:00:00.000+0200', '2026-11-23T12:00:00'])(
  'a moment written as %s is the same moment wherever this runs',
  (text) => {
    expect(row({ expires: text }).expires).toBe('2026-11-23T12:00:00.000Z');
  },
);
