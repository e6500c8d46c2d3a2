import { notExamined, type Symptom } from '../symptom';

/** A key that the gateway never heard of, or that was deleted or replaced. */
export const keyUnknown: Symptom = {
  id: 'key-unknown',
  title: 'requests fail with 401: the key is unknown',
  detection: 'the key-provisioner, asked about the key',
  causes: [
    'it was deleted, or replaced by a rotation',
    'it belongs to another deployment',
    'the database was made anew',
  ],
  detect: async (examination) => {
    const keys = await examination.keys();
    if (keys.length === 0) return notExamined('no key was named (GATEWAY_API_KEY, --key or --workspace)');
    return keys
      .filter(({ unknown }) => unknown)
      .map(({ source, trouble = '' }) => ({
        cause: 'the gateway does not know this key',
        evidence: [`${source}: ${trouble}`],
        fix: source.includes('workspace')
          ? [`docker exec ${examination.options.workspace} start-workspace   # fetches the present key`]
          : [
              'gateway keys list   # is it there under its name?',
              '# then `gateway keys create …` again gives the present key',
            ],
      }));
  },
};
