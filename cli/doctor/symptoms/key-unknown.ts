import { NO_KEY_NAMED } from '../key-facts';
import { foundIf, type Symptom, step } from '../symptom';

/** A key that the gateway never issued, or that was deleted or replaced. */
export const keyUnknown: Symptom = {
  id: 'key-unknown',
  title: 'requests fail with 401: the key is unknown',
  detection: 'the key-provisioner, asked about the key',
  causes: [
    'it was deleted, or replaced by a rotation',
    'it belongs to another deployment',
    'the database was created anew',
  ],
  detect: async (doctor) => {
    const keys = await doctor.keys();
    if (keys.length === 0) return NO_KEY_NAMED;
    const workspace = doctor.props.workspace ?? '';
    return foundIf(
      keys
        .filter(({ unknown }) => unknown)
        .map(({ source, error = '' }) => ({
          cause: 'the gateway does not know this key',
          evidence: [`${source}: ${error}`],
          fix: source.includes('workspace')
            ? [step('Fetch the present key:', doctor.runtime.commands.exec(workspace, 'start-workspace'))]
            : [
                step('Check whether a key of its name exists:', 'gateway keys list'),
                step('If it does, `gateway keys create` gives the present key again.'),
              ],
        })),
    );
  },
};
