import { stringify } from 'yaml';
import { type AgentContext, type AgentFiles, openAiUrl, outputLimit, ownerOnly } from './context';

/**
 * aider reads `.env` and `.aider.conf.yml` of the repository and lets them win over the environment (measured). Here
 * the address and the key are therefore parameters of each model, which nothing read from a repository comes after; the image's
 * wrapper names this file last on the command line.
 */
export function aider(context: AgentContext): AgentFiles {
  const { model, smallModel } = context;
  const endpoint = { api_base: openAiUrl(context), api_key: context.key };
  return {
    files: [
      ownerOnly(
        `${context.home}/.config/aider/models.yml`,
        stringify([
          { name: 'aider/extra_params', extra_params: endpoint },
          ...context.models.map(({ name, ...served }) => ({
            name: `openai/${name}`,
            edit_format: 'diff',
            weak_model_name: `openai/${smallModel.name}`,
            use_repo_map: true,
            extra_params: { ...endpoint, max_tokens: outputLimit({ name, ...served }) },
          })),
        ]),
      ),
      ownerOnly(
        `${context.home}/.config/aider/environment`,
        `${Object.entries({
          OPENAI_API_BASE: endpoint.api_base,
          OPENAI_BASE_URL: endpoint.api_base,
          OPENAI_API_KEY: endpoint.api_key,
          AIDER_MODEL: `openai/${model.name}`,
          AIDER_WEAK_MODEL: `openai/${smallModel.name}`,
        })
          .map(([name, value]) => `${name}=${value}`)
          .join('\n')}\n`,
      ),
    ],
    environment: { LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
  };
}
