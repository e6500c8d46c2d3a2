import type { Change } from '../variant';

export const change: Change = {
  what: 'a secret gets a value in the repository, others are shown, may be short or need no prefix, another is new',
  secrets: (secrets) => {
    for (const secret of secrets) {
      if (secret.name === 'key_derivation_secret') secret.minimumLength = 8;
      if (secret.name === 'litellm_master_key') delete secret.prefix;
    }
  },
  platform: (stack) => {
    stack.addOverride('variable.litellm_master_key.default', 'sk-1234');
    stack.addOverride('variable.postgres_password.sensitive', false);
    stack.addOverride('variable.audit_token', { type: 'string', sensitive: true });
  },
};
