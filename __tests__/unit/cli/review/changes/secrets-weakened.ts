import type { Change } from '../change';

export const change: Change = {
  what: 'a secret gets a value in the repository, another is shown in plans, a third is new',
  apply: ({ platform: { variable } }) => {
    Object.assign(variable['litellm_master_key'] as object, { default: 'sk-1234' });
    Object.assign(variable['postgres_password'] as object, { sensitive: false });
    variable['audit_token'] = { type: 'string', sensitive: true };
  },
};
