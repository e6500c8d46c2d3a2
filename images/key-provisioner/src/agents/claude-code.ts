import type { ServedModel } from '../configuration';
import { type AgentContext, type AgentFiles, jsonFile, keyPath, outputLimit } from './context';

/**
 * Claude Code: managed settings, which neither a repository nor the environment overrides. The key comes from a managed
 * `apiKeyHelper`: it stays out of the environment of the commands that Claude Code runs, and a repository's own helper
 * (which would run without a question in print mode) has no say.
 */
export function claudeCode(context: AgentContext): AgentFiles {
  const family = (word: string) =>
    [context.model, ...context.models].find((model) => model.name.includes(word)) ?? context.model;
  return {
    files: [
      jsonFile('/etc/claude-code/managed-settings.json', {
        apiKeyHelper: `cat ${shellQuoted(keyPath(context))}`,
        allowManagedHooksOnly: true,
        env: {
          ANTHROPIC_BASE_URL: context.configuration.gateway_url.replace(/\/+$/, ''),
          ...models(context.model, family('sonnet'), family('opus'), context.smallModel),
          CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(outputLimit(context.model)),
          // Ten retries are three silent minutes (measured).
          CLAUDE_CODE_MAX_RETRIES: '2',
          CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS: '1',
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
          CLAUDE_CODE_DISABLE_LEGACY_MODEL_REMAP: '1',
          DISABLE_AUTOUPDATER: '1',
        },
      }),
    ],
  };
}

/** Every name it picks by itself must be one the key may use; without them it asks for today's own default. */
const models = (chosen: ServedModel, sonnet: ServedModel, opus: ServedModel, haiku: ServedModel) => ({
  ANTHROPIC_MODEL: chosen.name,
  ANTHROPIC_DEFAULT_SONNET_MODEL: sonnet.name,
  ANTHROPIC_DEFAULT_OPUS_MODEL: opus.name,
  ANTHROPIC_DEFAULT_HAIKU_MODEL: haiku.name,
});

const shellQuoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
