import { stringify } from 'yaml';
import { type AgentContext, type AgentFiles, openAiUrl, outputLimit, ownerOnly } from './context';
import { PATHS } from './paths';

/** Continue: its configuration names each model once, the chosen one first. */
export function continueDev(context: AgentContext): AgentFiles {
  const ordered = [context.model, ...context.models.filter((model) => model.name !== context.model.name)];
  return {
    files: [
      ownerOnly(
        `${context.home}/${PATHS.continue}`,
        stringify({
          name: 'AI gateway',
          version: '0.0.1',
          schema: 'v1',
          models: ordered.map((model) => ({
            name: model.title,
            provider: 'openai',
            model: model.name,
            apiBase: openAiUrl(context),
            apiKey: context.key,
            roles: ['chat', 'edit', 'apply'],
            capabilities: [...(model.tools ? ['tool_use'] : []), ...(model.vision ? ['image_input'] : [])],
            defaultCompletionOptions: { contextLength: model.context, maxTokens: outputLimit(model) },
          })),
        }),
      ),
    ],
  };
}
