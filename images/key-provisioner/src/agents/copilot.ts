import { type AgentContext, type AgentFiles, anthropicUrl, keyPath, outputLimit } from './context';

/**
 * GitHub Copilot CLI with the gateway as its provider: no account, and offline, so nothing is asked of GitHub. It is
 * configured by the environment alone; the key comes from a command, and so is in no environment. Anthropic's protocol,
 * as only there prompts are marked for caching.
 */
export function copilot(context: AgentContext): AgentFiles {
  const { model } = context;
  const output = outputLimit(model);
  return {
    files: [],
    environment: {
      COPILOT_OFFLINE: 'true',
      COPILOT_AUTO_UPDATE: 'false',
      COPILOT_PROVIDER_TYPE: 'anthropic',
      COPILOT_PROVIDER_BASE_URL: anthropicUrl(context),
      COPILOT_PROVIDER_API_KEY_COMMAND: `cat ${shellQuoted(keyPath(context))}`,
      COPILOT_MODEL: model.name,
      COPILOT_PROVIDER_MAX_PROMPT_TOKENS: String(model.context - output),
      COPILOT_PROVIDER_MAX_OUTPUT_TOKENS: String(output),
    },
  };
}

const shellQuoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
