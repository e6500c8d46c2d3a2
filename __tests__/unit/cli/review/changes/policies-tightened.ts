import type { Attributes } from '../../../../../cli/review/synthesized';
import type { Change } from '../change';

export const change: Change = {
  what: 'agents get less money, shorter lives and fewer models',
  keys: { 'agent:write': 1 },
  apply: ({ gateway: { policies } }) => {
    Object.assign(policies['agent:write'] as object, {
      max_budget: 10,
      duration: '90d',
      models: ((policies['agent:write'] as Attributes)['models'] as string[]).filter(
        (name) => !name.startsWith('claude-opus'),
      ),
    });
  },
};
