import { DataCoderWorkspace } from '@cdktf/provider-coder/lib/data-coder-workspace';
import { DataCoderWorkspaceOwner } from '@cdktf/provider-coder/lib/data-coder-workspace-owner';
import { Container } from '@cdktf/provider-docker/lib/container';
import { Network } from '@cdktf/provider-docker/lib/network';
import { Volume } from '@cdktf/provider-docker/lib/volume';
import { TerraformCount } from 'cdktf';
import { Construct } from 'constructs';
import type { Settings } from '../../settings/schema';
import { type CoderRoute, coderRoute } from '../../workspace/coder-route';
import { workspaceEnvironment } from '../../workspace/environment';
import { workspaceImage } from '../../workspace/image';
import { parameterValue } from '../../workspace/parameters';
import { WorkspaceAgent } from '../terraform/workspace-agent';
import { healthLabel } from './health';
import { WorkspaceDoor } from './workspace-door';

/** Prefix of the workspaces' bridges on the host, for firewall rules; the rest is the beginning of the workspace id. */
export const BRIDGE_PREFIX = 'gws';

const ID = 'data.coder_workspace.me.id';
const OWNER = 'data.coder_workspace_owner.me';

/**
 * Terraform has no HMAC; hashing twice around the secret serves the same purpose. It is an expression, so the token
 * exists in the plan, the state and the container, and the secret in none of them.
 */
const TOKEN_EXPRESSION = (() => {
  const message = `\${${ID}}|\${${OWNER}.id}|\${${OWNER}.name}`;
  const secret = '${var.workspace_identity_secret}';
  return `\${sha256("${secret}\${sha256("${secret}${message}")}")}`;
})();

export interface ContractorWorkspaceProps {
  readonly settings: Settings;
}

/**
 * One workspace: a container on a network of its own, together with the door that leads to the gateway.
 *
 * Container, door and network exist while the workspace runs. The home volume stays until the workspace is deleted.
 *
 * @example
 * // In a stack with the coder and docker providers and the variables workspace_identity_secret and disk_quota:
 * new ContractorWorkspace(this, 'contractor-workspace', { settings });
 *
 * @throws Error where `coder.url` is no address that a door can lead to
 */
export class ContractorWorkspace extends Construct {
  constructor(scope: Construct, id: string, { settings }: ContractorWorkspaceProps) {
    super(scope, id);
    const workspace = new DataCoderWorkspace(this, 'Workspace');
    const owner = new DataCoderWorkspaceOwner(this, 'Owner');
    workspace.overrideLogicalId('me');
    owner.overrideLogicalId('me');
    const count = TerraformCount.of(workspace.startCount);
    const named = (kind: string) => `${settings.name}-${kind}-\${${ID}}`;
    const route = coderRoute(settings);
    const labels = workspaceLabels();

    const network = new Network(this, 'Network', {
      count,
      name: named('ws'),
      driver: 'bridge',
      internal: settings.workspace.egress === 'none',
      options: {
        // A name that firewall rules can match; the kernel allows 15 characters.
        'com.docker.network.bridge.name': `${BRIDGE_PREFIX}\${substr(replace(${ID}, "-", ""), 0, 12)}`,
      },
      labels: labels(),
    });
    network.overrideLogicalId('workspace');
    const networkId = '${docker_network.workspace[0].id}';

    const door = new WorkspaceDoor(this, 'Door', {
      settings,
      name: named('door'),
      network,
      networkId,
      coderRoute: route,
      count,
      labels: labels(),
    });

    const home = new Volume(this, 'Home', {
      name: named('home'),
      labels: labels('_at_creation'),
      // A changed template, name or owner must never cost anybody their files.
      lifecycle: { ignoreChanges: 'all' },
    });
    home.overrideLogicalId('home');
    home.addOverride('driver_opts', `\${var.disk_quota ? { size = "\${${parameterValue('disk')}}G" } : {}}`);

    const agent = new WorkspaceAgent(this, 'Agent', { route });
    const health = {
      test: ['CMD-SHELL', 'curl -fsS -o /dev/null http://127.0.0.1:13337/healthz'],
      interval: '30s',
      timeout: '5s',
      retries: 3,
      startPeriod: '2m0s',
    };
    const container = new Container(this, 'Resource', {
      count,
      name: named('ws'),
      hostname: workspace.name,
      image: workspaceImage(settings),
      entrypoint: ['workspace-entrypoint', 'sh', '-c', agent.initScript],
      env: workspaceEnvironment({ settings, token: TOKEN_EXPRESSION, agentToken: agent.token }),
      user: '1000:1000',
      init: true,
      capabilities: { drop: ['ALL'] },
      securityOpts: ['no-new-privileges:true'],
      // Counted per user id on the host: it keeps a fork bomb from taking the host down, not from its neighbours.
      ulimit: [{ name: 'nproc', soft: 16384, hard: 16384 }],
      // Not `cpus`: Docker refuses more of those than the host has.
      cpuPeriod: 100_000,
      networksAdvanced: [{ name: networkId }],
      host: hosts(route, named('ws')),
      // Docker still looks up its own names. Without a way out nothing else is looked up anywhere: a look-up is a
      // message too, and Docker before 26 passes some on through the host.
      dns: settings.workspace.egress === 'none' ? ['127.0.0.1'] : undefined,
      volumes: [{ volumeName: home.name, containerPath: '/home/coder' }],
      restart: 'unless-stopped',
      destroyGraceSeconds: 10,
      healthcheck: health,
      labels: [
        ...labels(),
        { label: 'ai-gateway.disk_gb', value: `\${${parameterValue('disk')}}` },
        healthLabel(health),
      ],
      logDriver: 'json-file',
      logOpts: { 'max-size': '10m', 'max-file': '3' },
      dependsOn: [door.container],
    });
    container.overrideLogicalId('workspace');
    container.addOverride('cpu_quota', `\${tonumber(${parameterValue('cpu')}) * 100000}`);
    const megabytes = `\${tonumber(${parameterValue('memory')}) * 1024}`;
    container.addOverride('memory', megabytes);
    container.addOverride('memory_swap', megabytes);
    container.addOverride('storage_opts', `\${var.disk_quota ? { size = "\${${parameterValue('disk')}}G" } : {}}`);
  }
}

/** What Coder's own templates label, so that its tools and people find the parts of a workspace. */
function workspaceLabels() {
  const labels = {
    'coder.owner': `\${${OWNER}.name}`,
    'coder.owner_id': `\${${OWNER}.id}`,
    'coder.workspace_id': `\${${ID}}`,
    'coder.workspace_name': '${data.coder_workspace.me.name}',
  };
  return (suffix = '') =>
    Object.entries(labels).map(([label, value]) => ({
      label: /name$|owner$/.test(label) ? label + suffix : label,
      value,
    }));
}

/** Names that only `/etc/hosts` knows: this host where Coder is reached directly, Coder itself where the door stands in for it. */
function hosts(route: CoderRoute, network: string): { host: string; ip: string }[] {
  if (route.kind === 'direct') return [{ host: 'host.docker.internal', ip: 'host-gateway' }];
  if (route.kind === 'door') return [];
  const doorAddress = `\${one([for n in docker_container.door[0].network_data : n.ip_address if n.network_name == "${network}"])}`;
  return [{ host: route.upstream.host, ip: doorAddress }];
}
