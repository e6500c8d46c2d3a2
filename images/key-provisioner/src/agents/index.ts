import type { Agent } from '../configuration';
import type { ConfigurationFile } from '../contract';
import { aider } from './aider';
import { claudeCode } from './claude-code';
import { cline } from './cline';
import { codex } from './codex';
import { type AgentContext, type AgentRenderer, jsonFile, keyPath, ownerOnly } from './context';
import { continueDev } from './continue';
import { copilot } from './copilot';
import { kiloCode } from './kilo-code';
import { opencode } from './opencode';
import { PATHS } from './paths';
import { rooCode } from './roo-code';

export type { AgentContext } from './context';

const renderers: Record<Agent, AgentRenderer> = {
  'roo-code': rooCode,
  'zoo-code': rooCode, // the same file, found through its own setting
  opencode,
  'claude-code': claudeCode,
  codex,
  cline,
  'kilo-code': kiloCode,
  copilot,
  continue: continueDev,
  aider,
};

/**
 * The files and environment of a workspace: the key itself, the models it may use (for `ai-models`), and what each of its agents needs to work through the
 * gateway and nowhere else. The key is in owner-only files alone; `environment` never holds it.
 */
export function renderAgentFiles(
  agents: readonly Agent[],
  context: AgentContext,
): { files: ConfigurationFile[]; environment: Record<string, string> } {
  const rendered = agents.map((agent) => renderers[agent](context));
  const files = [
    ownerOnly(keyPath(context), `${context.key}\n`),
    jsonFile(`${context.home}/${PATHS.models}`, {
      chosen: context.model.name,
      small: context.smallModel.name,
      models: context.models,
    }),
    ...rendered.flatMap((agent) => agent.files),
  ];
  return {
    files: [...new Map(files.map((file) => [file.path, file])).values()],
    environment: Object.assign(
      {
        AI_GATEWAY_URL: context.configuration.gateway_url,
        AI_PROVISIONER_URL: context.configuration.provisioner_url,
        AI_MODEL: context.model.name,
        AI_SMALL_MODEL: context.smallModel.name,
        AI_KEY_FILE: keyPath(context),
      },
      ...rendered.map((agent) => agent.environment ?? {}),
    ),
  };
}
