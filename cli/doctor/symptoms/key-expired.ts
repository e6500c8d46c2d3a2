import { notExamined, type Symptom } from '../symptom';

/** A key past its lifetime. */
export const keyExpired: Symptom = {
  id: 'key-expired',
  title: 'requests fail with 401: the key has expired',
  detection: "the key's expiry, from the key-provisioner",
  causes: ['a service key was not renewed', 'a workspace ran for longer than its key lives'],
  detect: async (examination) => {
    const keys = await examination.keys();
    if (keys.length === 0) return notExamined('no key was named (GATEWAY_API_KEY, --key or --workspace)');
    return keys.flatMap(({ source, info }) =>
      info?.state === 'expired'
        ? [
            {
              cause: `${info.name} expired on ${info.expires}`,
              evidence: [`${source}: state expired, ${info.expires}`],
              fix: [renewal(info.name)],
            },
          ]
        : [],
    );
  },
};

/** Asking for a key again renews it. */
function renewal(name: string): string {
  if (name.startsWith('ci-')) return `gateway keys create ci ${name.slice(3)} --output FILE`;
  if (name.startsWith('agent-')) return `gateway keys create agent ${name.slice(6)} --output FILE`;
  if (name.startsWith('user-'))
    return 'gateway generate-key --output FILE   # by the person; or `gateway keys create user …`';
  return '# restart the workspace in Coder: each start renews its key';
}
