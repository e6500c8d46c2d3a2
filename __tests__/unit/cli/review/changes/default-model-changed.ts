import type { Change } from '../change';

export const change: Change = {
  what: 'the default model becomes its successor',
  apply: (draft) => {
    draft.gateway.default_model = 'claude-sonnet-5-5';
    draft.parameters = draft.parameters.replace(/default( +)= "claude-sonnet-4-5"/, 'default$1= "claude-sonnet-5-5"');
  },
};
