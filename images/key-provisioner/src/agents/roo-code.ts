import type { ServedModel } from '../configuration';
import { type AgentContext, type AgentFiles, jsonFile, openAiUrl, outputLimit } from './context';
import { PATHS } from './paths';

/** Roo's built-in modes; each is bound to the gateway's profile. */
const MODES = ['architect', 'code', 'ask', 'debug', 'orchestrator'];

/**
 * Roo Code and Zoo Code: the file that `autoImportSettingsPath` names. Importing a profile with a key is what removes
 * the account page. The `openai` provider is used, as `litellm` falls back to a foreign model when it misses a name.
 */
export function rooCode(context: AgentContext): AgentFiles {
  const others = context.models.filter((model) => model.name !== context.model.name);
  return {
    files: [
      jsonFile(`${context.home}/${PATHS.rooCode}`, {
        providerProfiles: {
          currentApiConfigName: 'gateway',
          apiConfigs: {
            gateway: profile('gateway-default', context.model, context),
            ...Object.fromEntries(
              others.map((model) => [`gateway ${model.name}`, profile(`gateway-${model.name}`, model, context)]),
            ),
          },
          modeApiConfigs: Object.fromEntries(MODES.map((mode) => [mode, 'gateway-default'])),
        },
        // One wrongly typed value here makes Roo refuse the whole file.
        globalSettings: {
          telemetrySetting: 'disabled',
          autoApprovalEnabled: true,
          alwaysAllowReadOnly: true,
          alwaysAllowWrite: false,
          alwaysAllowExecute: false,
          allowedCommands: ['git log', 'git diff', 'git show'],
          deniedCommands: [],
          dismissedUpsells: ['taskList2', 'longRunningTask'],
        },
      }),
    ],
  };
}

function profile(id: string, model: ServedModel, context: AgentContext) {
  return {
    id,
    apiProvider: 'openai',
    openAiBaseUrl: openAiUrl(context),
    openAiApiKey: context.key,
    openAiModelId: model.name,
    openAiStreamingEnabled: true,
    includeMaxTokens: true,
    openAiCustomModelInfo: {
      contextWindow: model.context,
      maxTokens: outputLimit(model),
      supportsImages: model.vision,
      supportsPromptCache: model.prompt_caching,
      inputPrice: model.prices.input,
      outputPrice: model.prices.output,
      cacheWritesPrice: model.prices.cache_write,
      cacheReadsPrice: model.prices.cache_read,
    },
  };
}
