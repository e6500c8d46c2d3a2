import { NO_KEY_NAMED } from '../key-facts';
import { foundIf, type Step, type Symptom, step } from '../symptom';

/** A key past its lifetime. */
export const keyExpired: Symptom = {
  id: 'key-expired',
  title: 'requests fail with 401: the key has expired',
  detection: "the key's expiry, from the key-provisioner",
  causes: ['a service key was not renewed', 'a workspace ran for longer than its key is valid'],
  detect: async (doctor) => {
    const keys = await doctor.keys();
    if (keys.length === 0) return NO_KEY_NAMED;
    return foundIf(
      keys.flatMap(({ source, info }) =>
        info?.state === 'expired'
          ? [
              {
                cause: `${info.name} expired on ${info.expires}`,
                evidence: [`${source}: state expired, ${info.expires}`],
                fix: renewal(info.name),
              },
            ]
          : [],
      ),
    );
  },
};

/** Issuing a key again renews it. */
function renewal(name: string): Step[] {
  const again = 'Renew it by issuing it again:';
  if (name.startsWith('ci-')) return [step(again, `gateway keys create ci ${name.slice(3)} --output FILE`)];
  if (name.startsWith('agent-')) return [step(again, `gateway keys create agent ${name.slice(6)} --output FILE`)];
  if (name.startsWith('user-'))
    return [
      step('Its user renews it:', 'gateway generate-key --output FILE'),
      step('Or an operator does, with `gateway keys create user`.'),
    ];
  return [step('Restart the workspace in Coder: each start renews its key.')];
}
