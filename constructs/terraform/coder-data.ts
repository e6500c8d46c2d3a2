import type { WorkspaceFactName } from '../../workloads/value';

/** Coder's data sources as the workspace template names them. */
const WORKSPACE = 'data.coder_workspace.me';
const OWNER = 'data.coder_workspace_owner.me';

/** The value of a parameter of the workspace's form, inside an expression. */
export const parameterExpression = (parameter: string): string => `data.coder_parameter.${parameter}.value`;

/**
 * Terraform has no HMAC; hashing twice around the secret serves the same purpose. It is an expression, so the token
 * exists in the plan, the state and the container, and the secret in none of them.
 */
const TOKEN = (() => {
  const message = `\${${WORKSPACE}.id}|\${${OWNER}.id}|\${${OWNER}.name}`;
  const secret = '${var.workspace_identity_secret}';
  return `\${sha256("${secret}\${sha256("${secret}${message}")}")}`;
})();

/** What is known of a workspace, as templates. The agent's script is not among them: it depends on how Coder is reached. */
export const WORKSPACE_FACTS: Readonly<Record<Exclude<WorkspaceFactName, 'agentScript'>, string>> = {
  id: `\${${WORKSPACE}.id}`,
  name: `\${${WORKSPACE}.name}`,
  ownerId: `\${${OWNER}.id}`,
  ownerName: `\${${OWNER}.name}`,
  ownerFullName: `\${coalesce(${OWNER}.full_name, ${OWNER}.name)}`,
  ownerEmail: `\${${OWNER}.email}`,
  token: TOKEN,
  agentToken: '${coder_agent.main.token}',
};
