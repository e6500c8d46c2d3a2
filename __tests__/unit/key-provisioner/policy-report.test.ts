import { inWords, keyChanges, PolicyReportBuilder } from '../../../images/key-provisioner/src/keys/policy-report';
import { keyRowSchema } from '../../../images/key-provisioner/src/litellm/schema';

test('a change is reported with the previous value, and a new lifetime with the end that it replaces', () => {
  const row = keyRowSchema.parse({ metadata: {}, max_budget: 5, tpm_limit: 9, expires: '2027-11-23T12:00:00Z' });
  const changes = keyChanges(row, { max_budget: 4, tpm_limit: null, max_parallel_requests: 2, duration: '30d' });
  expect(changes).toEqual({
    max_budget: { from: 5, to: 4 },
    tpm_limit: { from: 9, to: null },
    max_parallel_requests: { from: null, to: 2 },
    expires: { from: '2027-11-23T12:00:00.000Z', to: 'in 30d' },
  });
  expect(inWords({ max_budget: { from: 5, to: 4 }, tpm_limit: { from: 9, to: null } })).toBe(
    'max_budget 5 → 4, tpm_limit 9 → null',
  );
});

test('the lists of ten thousand changed keys are bounded, and the totals are not', () => {
  const report = new PolicyReportBuilder();
  for (let index = 0; index < 10_000; index += 1) report.key(`ci-${9999 - index}`, {});
  const { updated, updated_total } = report.build();
  expect([updated.length, updated_total]).toEqual([1000, 10_000]);
  expect(updated[0]?.name).toBe('ci-0');
});
