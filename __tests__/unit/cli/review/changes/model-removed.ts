import type { Change } from '../change';

export const change: Change = {
  what: 'the small model is taken out',
  apply: (draft) => {
    draft.proxy.model_list = draft.proxy.model_list.filter(({ model_name: name }) => name !== 'claude-haiku-4-5');
    for (const policy of Object.values(draft.gateway.policies)) {
      if (policy['models'])
        policy['models'] = (policy['models'] as string[]).filter((name) => name !== 'claude-haiku-4-5');
    }
    draft.gateway.small_model = 'claude-haiku-5-5';
  },
};
