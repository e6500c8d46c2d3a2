import type { DoctorContext } from '../../../../cli/doctor/doctor-context';
import { budgetExhausted } from '../../../../cli/doctor/symptoms/budget-exhausted';
import { budgetSetAside } from '../../../../cli/doctor/symptoms/budget-set-aside';

/** In place of a deployment whose key is refused like this; `contract/protocol/answers.test.ts` causes it for real. */
const doctor = (message: string) =>
  ({
    props: { apiKey: 'sk-any' },
    keys: async () => [],
    probes: async () => [{ provider: 'anthropic', model: 'm', status: 429, type: 'rate_limit_error', message }],
  }) as unknown as DoctorContext;

test('money that requests under way hold is told as that, and not as a spent budget', async () => {
  const refused = doctor(
    'requests of this key or person that are under way have set aside what is left of the budget; try again in 5 seconds',
  );
  expect(await budgetSetAside.detect(refused)).toMatchObject({
    status: 'found',
    diagnoses: [{ cause: expect.stringContaining('no money is gone') }],
  });
  expect(await budgetExhausted.detect(refused)).not.toMatchObject({ status: 'found' });
});

test('another limit of a minute is something else', async () => {
  expect(await budgetSetAside.detect(doctor("this key's limit of 30 requests a minute is reached"))).not.toMatchObject({
    status: 'found',
  });
});
