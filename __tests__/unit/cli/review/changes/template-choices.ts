import type { Change } from '../change';

export const change: Change = {
  what: 'the template loses a choice of memory and gains a question',
  apply: (draft) => {
    draft.parameters = draft.parameters.replace(/ {2}option \{\n {4}name {2}= "4 GB"\n {4}value = "4"\n {2}\}\n\n/, '');
    draft.parameters += '\ndata "coder_parameter" "cost_center" {\n  name = "cost_center"\n  type = "string"\n}\n';
  },
};
