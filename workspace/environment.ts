import { workspaceUrls } from '../litellm-config/gateway-json';
import type { Settings } from '../settings/schema';
import { EnvValue } from '../workloads/value';
import { assistants, type ParameterName } from './parameters';

/**
 * The workspace container's environment. It is set on the container and not on Coder's agent, because an agent's environment
 * can be read through Coder's API. `images/contractor-workspace/README.md` says what each is for.
 */
export const workspaceEnvironment = (settings: Settings): Record<string, EnvValue> => ({
  CODER_AGENT_TOKEN: EnvValue.workspace('agentToken'),
  CODER_WORKSPACE_ID: EnvValue.workspace('id'),
  CODER_WORKSPACE_NAME: EnvValue.workspace('name'),
  CODER_WORKSPACE_OWNER_NAME: EnvValue.workspace('ownerName'),
  GATEWAY_OWNER_ID: EnvValue.workspace('ownerId'),
  GATEWAY_WORKSPACE_TOKEN: EnvValue.workspace('token'),
  GATEWAY_PROVISIONER_URL: EnvValue.literal(workspaceUrls(settings).provisioner),
  GATEWAY_AGENTS: EnvValue.choice(
    'ai_assistant' satisfies ParameterName,
    Object.fromEntries(assistants(settings).map(({ option, agents }) => [option.value, agents.join(',')])),
  ),
  GATEWAY_MODEL: parameter('ai_model'),
  GATEWAY_API_KEY: parameter('ai_api_key'),
  GATEWAY_GIT_REPOSITORY: parameter('git_repository'),
  GATEWAY_GIT_USERNAME: parameter('git_username'),
  GATEWAY_GIT_PASSWORD: parameter('git_password'),
  GATEWAY_DOTFILES: parameter('dotfiles'),
  GATEWAY_DISK_GB: parameter('disk'),
  GIT_AUTHOR_NAME: EnvValue.workspace('ownerFullName'),
  GIT_COMMITTER_NAME: EnvValue.workspace('ownerFullName'),
  GIT_AUTHOR_EMAIL: EnvValue.workspace('ownerEmail'),
  GIT_COMMITTER_EMAIL: EnvValue.workspace('ownerEmail'),
  // Development containers would need the host's Docker socket.
  CODER_AGENT_DEVCONTAINERS_ENABLE: EnvValue.literal('false'),
});

const parameter = (name: ParameterName) => EnvValue.parameter(name);
