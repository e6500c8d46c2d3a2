import { type AgentContext, type AgentFiles, jsonFile } from './context';
import { openCodeModels, openCodeProvider } from './opencode-provider';
import { PATHS } from './paths';

/**
 * OpenCode 1.x. The managed file pins address, key and providers against whatever a repository or the environment says;
 * a repository's own configuration, which could bring plugins and MCP servers that read the key, is not read at all.
 */
export function opencode(context: AgentContext): AgentFiles {
  const pinned = { $schema: 'https://opencode.ai/config.json', ...openCodeProvider(context) };
  return {
    files: [
      jsonFile(PATHS.openCodeManaged, pinned),
      jsonFile(`${context.home}/${PATHS.openCode}`, { ...pinned, ...openCodeModels(context) }),
    ],
    environment: {
      OPENCODE_DISABLE_PROJECT_CONFIG: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    },
  };
}
