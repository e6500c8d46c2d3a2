import type { Change } from '../change';

export const change: Change = {
  what: 'a model is added to the catalog',
  apply: (draft) => {
    draft.proxy.model_list.push({
      model_name: 'gpt-5',
      litellm_params: {
        model: 'openai/gpt-5',
        order: 1,
        api_key: 'os.environ/OPENAI_API_KEY',
        input_cost_per_token: 0.00000125,
        output_cost_per_token: 0.00001,
        cache_creation_input_token_cost: 0.00000125,
        cache_read_input_token_cost: 0.000000125,
      },
      model_info: { supports_function_calling: true },
    });
    for (const scope of ['workspace', 'user', 'agent:write']) {
      const policy = draft.gateway.policies[scope];
      (policy?.['models'] as string[] | undefined)?.push('gpt-5');
    }
  },
};
