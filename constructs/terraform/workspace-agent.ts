import { Construct } from 'constructs';
import { Agent } from '../../bindings/coder/lib/agent';
import { App } from '../../bindings/coder/lib/app';
import { PORTS } from '../../settings/ports';
import type { CoderRoute } from '../../workspace/coder-route';
import { literal } from './literal';

export interface WorkspaceAgentProps {
  readonly route: CoderRoute;
  /** Name of the machine that runs the containers, as a workspace looks it up. */
  readonly thisHost: string;
}

const CODE_SERVER = `http://127.0.0.1:${PORTS.codeServer}`;

/** Shows the home directory's size next to what was asked for; says so where it is more. */
const DISK_SCRIPT = `du -sk "$HOME" 2>/dev/null | awk -v limit="\${GATEWAY_DISK_GB:-0}" '
  { used = $1 / 1048576; printf "%.1f of %d GB%s\\n", used, limit, (limit > 0 && used > limit) ? ", over the limit" : "" }'`;

/**
 * Coder's agent in the workspace, code-server's button and the figures on the dashboard.
 *
 * Nothing here is secret: whoever may read the workspace in Coder reads the agent's scripts and environment too.
 *
 * @example
 * const agent = new WorkspaceAgent(this, 'agent', { route: coderRoute(settings), thisHost: 'host.docker.internal' });
 * // Only the container may refer to these: Coder gives the agent to the nearest resource that does.
 * [agent.initScript, agent.token];
 */
export class WorkspaceAgent extends Construct {
  /** Expression: the script that fetches and starts the agent. */
  readonly initScript: string;
  /** Expression: what the agent proves itself to Coder with. */
  readonly token: string;

  constructor(scope: Construct, id: string, { route, thisHost }: WorkspaceAgentProps) {
    super(scope, id);
    const agent = new Agent(this, 'Resource', {
      os: 'linux',
      arch: '${data.coder_provisioner.me.arch}',
      dir: '/home/coder',
      startupScript: 'exec start-workspace',
      // The person may log in while the gateway is down; start-workspace says what it is waiting for.
      startupScriptBehavior: 'non-blocking',
      // The agent's token lies in the workspace; with this it does not open the owner's git and SSH keys in Coder.
      apiKeyScope: 'no_user_data',
      displayApps: {
        // VS Code on the person's own machine would come with its own AI features.
        vscode: false,
        vscodeInsiders: false,
        webTerminal: true,
        sshHelper: true,
        portForwardingHelper: true,
      },
      metadata: [
        {
          key: 'ai_usage',
          displayName: 'AI budget',
          script: 'ai-usage --metadata',
          interval: 60,
          // In a new workspace it waits for the first start, up to 40 seconds.
          timeout: 55,
          order: 1,
        },
        { key: 'cpu', displayName: 'CPU', script: 'coder stat cpu', interval: 10, timeout: 2, order: 2 },
        { key: 'memory', displayName: 'Memory', script: 'coder stat mem', interval: 10, timeout: 2, order: 3 },
        { key: 'disk', displayName: 'Disk', script: literal(DISK_SCRIPT), interval: 300, timeout: 60, order: 4 },
      ],
      resourcesMonitoring: { memory: { enabled: true, threshold: 90 } },
    });
    agent.overrideLogicalId('main');
    this.token = '${coder_agent.main.token}';
    this.initScript = reachable(route, thisHost);

    const codeServer = new App(this, 'CodeServer', {
      agentId: '${coder_agent.main.id}',
      slug: 'code-server',
      displayName: 'code-server',
      icon: '/icon/code.svg',
      url: `${CODE_SERVER}/?folder=/home/coder`,
      subdomain: false,
      share: 'owner',
      healthcheck: { url: `${CODE_SERVER}/healthz`, interval: 5, threshold: 12 },
    });
    codeServer.overrideLogicalId('code_server');
  }
}

/** The init script with Coder's address as this workspace reaches it. */
function reachable(route: CoderRoute, thisHost: string): string {
  const script = 'coder_agent.main.init_script';
  if (route.kind === 'door-tls') return `\${${script}}`;
  if (route.kind === 'door')
    return `\${replace(${script}, trimsuffix(data.coder_workspace.me.access_url, "/"), "http://coder:${route.address.port}")}`;
  return `\${replace(${script}, "/localhost|127\\\\.0\\\\.0\\\\.1/", "${thisHost}")}`;
}
