import { type Change, routes } from '../change';

export const change: Change = {
  what: 'one model gets dearer, another loses its price',
  apply: (draft) => {
    const [haiku] = routes(draft, 'claude-haiku-4-5');
    Object.assign(haiku?.litellm_params as object, {
      input_cost_per_token: 0.0000012,
      output_cost_per_token: 0.000006,
    });
    const [opus] = routes(draft, 'claude-opus-5-5');
    Object.assign(opus?.litellm_params as object, { output_cost_per_token: 0 });
  },
};
