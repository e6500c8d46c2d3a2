import { type AgentContext, type AgentFiles, jsonFile, keyPath, openAiUrl, outputLimit } from './context';
import { PATHS } from './paths';

/** An agent's turn with a long answer takes minutes. */
const REQUEST_TIMEOUT_MS = 600_000;

/**
 * OpenCode 1.x. The managed file pins address, key and providers against whatever a repository or the environment says;
 * a repository's own configuration, which could bring plugins and MCP servers that read the key, is not read at all.
 */
export function opencode(context: AgentContext): AgentFiles {
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
  const pinned = { provider, enabled_providers: ['litellm'], autoupdate: false, share: 'disabled' };
  const schema = { $schema: 'https://opencode.ai/config.json' };
  return {
    files: [
      jsonFile(PATHS.openCodeManaged, { ...schema, ...pinned }),
      jsonFile(`${context.home}/${PATHS.openCode}`, {
        ...schema,
        ...pinned,
        model: `litellm/${context.model.name}`,
        small_model: `litellm/${context.smallModel.name}`,
      }),
    ],
    environment: {
      OPENCODE_DISABLE_PROJECT_CONFIG: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    },
  };
}
