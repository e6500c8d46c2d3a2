import { type AgentContext, type AgentFiles, keyPath, openAiUrl, ownerOnly } from './context';
import { PATHS } from './paths';

/**
 * Codex CLI: its machine-wide managed file, which stands above the person's and a repository's. It never gives up on an unreachable
 * gateway (measured), so the image starts it through a wrapper that checks first and ends `codex exec` after a while.
 */
export function codex(context: AgentContext): AgentFiles {
  const { model } = context;
  return {
    files: [
      ownerOnly(
        PATHS.codexManaged,
        [
          `model = ${toml(model.name)}`,
          'model_provider = "litellm"',
          `model_context_window = ${model.context}`,
          'check_for_update_on_startup = false',
          '',
          '[model_providers.litellm]',
          'name = "AI gateway"',
          `base_url = ${toml(openAiUrl(context))}`,
          'wire_api = "responses"',
          'request_max_retries = 2',
          'stream_max_retries = 2',
          '',
          // The key stays out of Codex's environment, and so out of that of the commands it runs.
          '[model_providers.litellm.auth]',
          'command = "cat"',
          `args = [${toml(keyPath(context))}]`,
          '',
        ].join('\n'),
      ),
    ],
  };
}

/** JSON's strings are TOML's basic strings. */
const toml = (text: string) => JSON.stringify(text);
