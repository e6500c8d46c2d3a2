import { NO_KEY_NAMED } from '../key-facts';
import { foundIf, type Symptom, step } from '../symptom';

/** A key that an operator revoked. */
export const keyRevoked: Symptom = {
  id: 'key-revoked',
  title: 'requests fail with 401: the key is blocked',
  detection: "the key's state, from the key-provisioner",
  causes: ['an operator revoked it; it stays revoked across restarts'],
  detect: async (doctor) => {
    const keys = await doctor.keys();
    if (keys.length === 0) return NO_KEY_NAMED;
    return foundIf(
      keys.flatMap(({ source, info }) =>
        info?.state === 'revoked'
          ? [
              {
                cause: `${info.name} was revoked by an operator`,
                evidence: [`${source}: state revoked`],
                fix: [step('Ask the operator who revoked it, then restore it:', `gateway keys restore ${info.name}`)],
              },
            ]
          : [],
      ),
    );
  },
};
