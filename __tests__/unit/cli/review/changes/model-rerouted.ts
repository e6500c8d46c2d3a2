import { type Change, routes } from '../change';

export const change: Change = {
  what: 'a name moves to another provider, and another gets a second one to fail over to',
  apply: (draft) => {
    const [haiku] = routes(draft, 'claude-haiku-4-5');
    Object.assign(haiku?.litellm_params as object, { model: 'bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0' });
    const [sonnet] = routes(draft, 'claude-sonnet-5-5');
    draft.proxy.model_list.push({
      model_name: 'claude-sonnet-5-5',
      litellm_params: { ...sonnet?.litellm_params, model: 'bedrock/us.anthropic.claude-sonnet-5-5', order: 2 },
      model_info: { ...sonnet?.model_info },
    });
  },
};
