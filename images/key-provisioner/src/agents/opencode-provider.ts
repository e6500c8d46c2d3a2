import { type AgentContext, keyPath, openAiUrl, outputLimit } from './context';

/** An agent's turn with a long answer takes minutes. */
const REQUEST_TIMEOUT_MS = 600_000;

/** Of a configuration in OpenCode's format: the gateway is the only provider, and nothing is fetched or shared. */
export function openCodeProvider(context: AgentContext) {
  const provider = {
    litellm: {
      npm: '@ai-sdk/openai-compatible',
      name: 'AI gateway',
      options: { baseURL: openAiUrl(context), apiKey: `{file:${keyPath(context)}}`, timeout: REQUEST_TIMEOUT_MS },
      models: Object.fromEntries(
        context.models.map((model) => [
          model.name,
          {
            name: model.title,
            // Without a limit OpenCode asks for 32000 tokens of any model.
            limit: { context: model.context, output: outputLimit(model) },
            cost: {
              input: model.prices.input,
              output: model.prices.output,
              cache_read: model.prices.cache_read,
              cache_write: model.prices.cache_write,
            },
            attachment: model.vision,
            tool_call: model.tools,
          },
        ]),
      ),
    },
  };
  return { provider, enabled_providers: ['litellm'], autoupdate: false, share: 'disabled' };
}

/** The models that the agent begins with, in the same format. */
export const openCodeModels = ({ model, smallModel }: AgentContext) => ({
  model: `litellm/${model.name}`,
  small_model: `litellm/${smallModel.name}`,
});
