import { newestOf } from '../models/choose';
import { type AgentContext, type AgentFiles, jsonFile, keyPath, outputLimit } from './context';
import { PATHS } from './paths';

/** Providers that a repository's settings could switch to; the key would go to whatever address they name. */
const OTHER_PROVIDERS = ['BEDROCK', 'VERTEX', 'FOUNDRY', 'MANTLE', 'ANTHROPIC_AWS', 'ANTHROPIC_GOOGLE_CLOUD'];

/**
 * Claude Code: managed settings, which neither a repository nor the environment overrides. Its gateway mode warns before a
 * budget is spent and shows dollars in `/usage`. The image's wrapper hands it the key by a descriptor; without the wrapper it
 * falls back to the ordinary mode and to the managed `apiKeyHelper`. Both keep the key out of the environment of the commands
 * that Claude Code runs, and a repository's own helper (which would run without asking in print mode) is ignored. That a
 * repository's settings and MCP servers are not read at all is the work of the wrapper too; what is pinned here holds without it.
 */
export function claudeCode(context: AgentContext): AgentFiles {
  const address = gatewayModeUrl(context);
  return {
    files: [
      jsonFile(PATHS.claudeCodeManaged, {
        apiKeyHelper: `cat ${shellQuoted(keyPath(context))}`,
        allowManagedHooksOnly: true,
        enableAllProjectMcpServers: false,
        env: {
          ANTHROPIC_BASE_URL: address ?? gatewayUrl(context),
          CLAUDE_CODE_USE_GATEWAY: address === undefined ? '' : '1',
          ANTHROPIC_UNIX_SOCKET: '',
          ...Object.fromEntries(OTHER_PROVIDERS.map((name) => [`CLAUDE_CODE_USE_${name}`, ''])),
          // The connection to the gateway is not encrypted: a proxy would read the key.
          NO_PROXY: noProxy(context),
          no_proxy: noProxy(context),
          ...models(context),
          CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(outputLimit(context.model)),
          // Ten retries are three silent minutes (measured).
          CLAUDE_CODE_MAX_RETRIES: '2',
          // Bedrock refuses fields that it does not have; what is asked of Anthropic may be answered by it.
          ...(context.models.some(({ experimental_betas }) => experimental_betas === false)
            ? { CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS: '1' }
            : {}),
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
          CLAUDE_CODE_DISABLE_LEGACY_MODEL_REMAP: '1',
          DISABLE_AUTOUPDATER: '1',
        },
      }),
    ],
  };
}

const gatewayUrl = (context: AgentContext) => context.configuration.gateway_url.replace(/\/+$/, '');

/** Where Claude Code finds the gateway in its gateway mode, which takes plain HTTP on its own loopback only; undefined: nowhere. */
function gatewayModeUrl(context: AgentContext): string | undefined {
  const { protocol, hostname } = new URL(context.configuration.gateway_url);
  if (protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return gatewayUrl(context);
  return context.listenerPort === undefined ? undefined : `http://127.0.0.1:${context.listenerPort}`;
}

/**
 * Every model that it chooses on its own must be one that the key may use; otherwise it asks for its own default. An alias whose family the
 * key lacks is the chosen model, haiku (also what Claude Code's small tasks are done with) the small one.
 */
const models = ({ model, models: allowed, smallModel }: AgentContext) => ({
  ANTHROPIC_MODEL: model.name,
  ANTHROPIC_DEFAULT_SONNET_MODEL: (newestOf('sonnet', allowed) ?? model).name,
  ANTHROPIC_DEFAULT_OPUS_MODEL: (newestOf('opus', allowed) ?? model).name,
  ANTHROPIC_DEFAULT_HAIKU_MODEL: (newestOf('haiku', allowed) ?? smallModel).name,
});

const noProxy = (context: AgentContext) =>
  [new URL(context.configuration.gateway_url).hostname, 'localhost', '127.0.0.1'].join(',');

const shellQuoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
