import { type AgentContext, type AgentFiles, jsonFile } from './context';
import { openCodeModels, openCodeProvider } from './opencode-provider';
import { PATHS } from './paths';

/**
 * Kilo Code's command line, which is made from OpenCode: a managed file pins address, key and providers, and a
 * repository's own configuration is not read at all. Telemetry, sessions on Kilo's servers and updates are off.
 */
export function kiloCode(context: AgentContext): AgentFiles {
  const pinned = openCodeProvider(context);
  return {
    files: [
      jsonFile(PATHS.kiloManaged, pinned),
      jsonFile(`${context.home}/${PATHS.kilo}`, { ...pinned, ...openCodeModels(context) }),
    ],
    environment: {
      KILO_DISABLE_PROJECT_CONFIG: '1',
      KILO_DISABLE_MODELS_FETCH: '1',
      KILO_DISABLE_AUTOUPDATE: '1',
      KILO_DISABLE_LSP_DOWNLOAD: '1',
      KILO_DISABLE_SESSION_INGEST: '1',
      KILO_DISABLE_SHARE: '1',
      KILO_TELEMETRY_LEVEL: 'off',
      // Without a limit it waits for ever for an unreachable gateway (measured).
      KILO_SESSION_RETRY_LIMIT: '2',
    },
  };
}
