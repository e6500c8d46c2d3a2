import { notExamined, type Symptom } from '../symptom';

/** A key that an operator stopped. */
export const keyRevoked: Symptom = {
  id: 'key-revoked',
  title: 'requests fail with 401: the key is blocked',
  detection: "the key's state, from the key-provisioner",
  causes: ['an operator revoked it; it stays so across restarts'],
  detect: async (examination) => {
    const keys = await examination.keys();
    if (keys.length === 0) return notExamined('no key was named (GATEWAY_API_KEY, --key or --workspace)');
    return keys.flatMap(({ source, info }) =>
      info?.state === 'revoked'
        ? [
            {
              cause: `${info.name} was revoked by an operator`,
              evidence: [`${source}: state revoked`],
              fix: ['# ask whoever revoked it; then', `gateway keys restore ${info.name}`],
            },
          ]
        : [],
    );
  },
};
