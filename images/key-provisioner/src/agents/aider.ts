import { stringify } from 'yaml';
import type { ServedModel } from '../configuration';
import { type AgentContext, type AgentFiles, jsonFile, openAiUrl, outputLimit, ownerOnly } from './context';
import { PATHS } from './paths';

/**
 * aider: address and key are parameters of each model, which no environment variable comes after, so they stay out of
 * the environment of the commands it runs. That a repository's `.env` and `.aider.conf.yml` are not read (they would win, measured) is the work of the
 * image's wrapper, which names these files on the command line.
 */
export function aider(context: AgentContext): AgentFiles {
  const { model, models, smallModel } = context;
  const endpoint = { api_base: openAiUrl(context), api_key: context.key };
  const known = [...new Map([model, smallModel, ...models].map((each) => [each.name, each])).values()];
  return {
    files: [
      ownerOnly(
        `${context.home}/${PATHS.aiderModels}`,
        stringify(
          known.map((each) => ({
            name: `openai/${each.name}`,
            edit_format: 'diff',
            weak_model_name: `openai/${smallModel.name}`,
            use_repo_map: true,
            extra_params: { ...endpoint, max_tokens: outputLimit(each) },
          })),
        ),
      ),
      jsonFile(
        `${context.home}/${PATHS.aiderMetadata}`,
        Object.fromEntries(known.map((each) => [`openai/${each.name}`, metadata(each)])),
      ),
    ],
    environment: {
      AIDER_MODEL: `openai/${model.name}`,
      AIDER_WEAK_MODEL: `openai/${smallModel.name}`,
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    },
  };
}

/** In LiteLLM's words, USD per token; for a model without it aider fetches a price list from the internet. */
const metadata = ({ context, output, prices, vision }: ServedModel) => ({
  litellm_provider: 'openai',
  mode: 'chat',
  max_input_tokens: context,
  max_output_tokens: output,
  input_cost_per_token: prices.input / 1e6,
  output_cost_per_token: prices.output / 1e6,
  supports_vision: vision,
});
