import type { Settings } from '../settings/schema';
import { assistants, parameterValue } from './parameters';

export interface WorkspaceEnvironmentProps {
  readonly settings: Settings;
  /** Expression of the workspace's token. */
  readonly token: string;
  /** Expression of the agent's token. */
  readonly agentToken: string;
}

/**
 * The container's environment, `NAME=value`, sorted. It is set on the container and not on the agent, because an
 * agent's environment can be read through Coder's API. `images/contractor-workspace/README.md` says what each is for.
 */
export function workspaceEnvironment({ settings, token, agentToken }: WorkspaceEnvironmentProps): string[] {
  const owner = 'data.coder_workspace_owner.me';
  const fullName = `\${coalesce(${owner}.full_name, ${owner}.name)}`;
  const environment: Record<string, string> = {
    CODER_AGENT_TOKEN: agentToken,
    CODER_WORKSPACE_ID: '${data.coder_workspace.me.id}',
    CODER_WORKSPACE_NAME: '${data.coder_workspace.me.name}',
    CODER_WORKSPACE_OWNER_NAME: `\${${owner}.name}`,
    GATEWAY_OWNER_ID: `\${${owner}.id}`,
    GATEWAY_WORKSPACE_TOKEN: token,
    GATEWAY_PROVISIONER_URL: 'http://key-provisioner:8100',
    GATEWAY_AGENTS: chosenAgents(settings),
    GATEWAY_MODEL: `\${${parameterValue('ai_model')}}`,
    GATEWAY_API_KEY: `\${${parameterValue('ai_api_key')}}`,
    GATEWAY_GIT_REPOSITORY: `\${${parameterValue('git_repository')}}`,
    GATEWAY_GIT_USERNAME: `\${${parameterValue('git_username')}}`,
    GATEWAY_GIT_PASSWORD: `\${${parameterValue('git_password')}}`,
    GATEWAY_DOTFILES: `\${${parameterValue('dotfiles')}}`,
    GATEWAY_DISK_GB: `\${${parameterValue('disk')}}`,
    GIT_AUTHOR_NAME: fullName,
    GIT_COMMITTER_NAME: fullName,
    GIT_AUTHOR_EMAIL: `\${${owner}.email}`,
    GIT_COMMITTER_EMAIL: `\${${owner}.email}`,
    // Development containers would need the host's Docker socket.
    CODER_AGENT_DEVCONTAINERS_ENABLE: 'false',
  };
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

/** The agents of the chosen assistant, separated by commas. */
function chosenAgents(settings: Settings): string {
  const entries = assistants(settings).map(({ option, agents }) => `"${option.value}" = "${agents.join(',')}"`);
  return `\${{ ${entries.join(', ')} }[${parameterValue('ai_assistant')}]}`;
}
