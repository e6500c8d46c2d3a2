import type { ServedModel } from '../configuration';
import { familyOf } from '../models/family';
import { type AgentContext, type AgentFiles, anthropicUrl, jsonFile, openAiUrl, outputLimit } from './context';
import { PATHS } from './paths';

/** Cline wants to know when; its schema refuses an entry without. */
const WRITTEN = '2026-01-01T00:00:00.000Z';

/**
 * Cline's command line. It has no way to read the key from elsewhere, so the key is in its owner-only settings, as with
 * Roo Code. Claude models are asked in Anthropic's protocol, as Cline marks prompts for caching only there. That a
 * repository's hooks and plugins, which Cline runs without asking, do not run is the work of the image's wrapper.
 */
export function cline(context: AgentContext): AgentFiles {
  const own = `${context.home}/${PATHS.clineProviders}`;
  const globals = `${context.home}/${PATHS.clineSettings}`;
  const { provider, baseUrl } = endpointFor(context.model, context);
  return {
    files: [
      jsonFile(own, {
        version: 1,
        lastUsedProvider: provider,
        modes: {},
        providers: {
          [provider]: {
            settings: {
              provider,
              apiKey: context.key,
              model: context.model.name,
              baseUrl,
              maxTokens: outputLimit(context.model),
              contextWindow: context.model.context,
              // Cline's list of models is on the internet.
              modelCatalog: { loadLatestOnInit: false },
            },
            updatedAt: WRITTEN,
            tokenSource: 'manual',
          },
        },
      }),
      jsonFile(globals, {
        telemetryOptOut: true,
        autoUpdateEnabled: false,
        // Anthropic's servers would run it; other providers of the same model refuse it.
        tools: { web_search: { enabled: false } },
      }),
    ],
    environment: {
      CLINE_PROVIDER_SETTINGS_PATH: own,
      CLINE_GLOBAL_SETTINGS_PATH: globals,
      // Otherwise a background process outlives the program.
      CLINE_SESSION_BACKEND_MODE: 'local',
      CLINE_NO_AUTO_UPDATE: '1',
    },
  };
}

const endpointFor = (model: ServedModel, context: AgentContext) =>
  (model.family ?? familyOf(model.name))
    ? { provider: 'anthropic', baseUrl: `${anthropicUrl(context)}/v1` }
    : { provider: 'openai-compatible', baseUrl: openAiUrl(context) };
