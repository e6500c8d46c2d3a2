import { Container, type ContainerLabels } from '@cdktf/provider-docker/lib/container';
import { Network } from '@cdktf/provider-docker/lib/network';
import { Volume } from '@cdktf/provider-docker/lib/volume';
import { TerraformCount, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import type { Settings } from '../../settings/schema';
import { type CoderRoute, coderRoute } from '../../workspace/coder-route';
import { workspace as describeWorkspace } from '../../workspace/workspace';
import { parameterExpression, WORKSPACE_FACTS } from '../terraform/coder-data';
import { diskQuotaVariable } from '../terraform/template-variables';
import { WorkspaceAgent } from '../terraform/workspace-agent';
import { workspaceTemplate } from '../terraform/workspace-template';
import { containerAttributes, rotatedLog } from './container';
import { requireDockerProvider } from './docker-provider';
import { dockerNames } from './names';
import { reference, WorkspaceDoor } from './workspace-door';

/** Prefix of the workspaces' bridges on the host, for firewall rules; the rest is the beginning of the workspace id. */
export const BRIDGE_PREFIX = 'gws';

const ID = 'data.coder_workspace.me.id';

/** Enforces the size that was chosen, where the host's Docker can. */
const QUOTA = `\${var.disk_quota ? { size = "\${${parameterExpression('disk')}}G" } : {}}`;

export interface ContractorWorkspaceProps {
  readonly settings: Settings;
}

/**
 * One workspace: a container on a network of its own, together with the door that leads to the gateway.
 *
 * Container, door and network exist while the workspace runs. The home volume stays until the workspace is deleted. Also adds
 * the template's variables (`workspace_identity_secret`, `disk_quota`), its output `gateway` and its parameters (`params.tf`).
 *
 * @example
 * // In a HostedStack with the coder and docker providers:
 * new ContractorWorkspace(this, 'contractor-workspace', { settings });
 *
 * @throws SettingsError where the workspace policy leaves no model to choose; Error where `coder.url` is no address that a door
 * can lead to
 */
export class ContractorWorkspace extends Construct {
  constructor(scope: Construct, id: string, { settings }: ContractorWorkspaceProps) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    requireDockerProvider(stack);
    const workspace = workspaceTemplate(this, settings);
    diskQuotaVariable(stack);
    const count = TerraformCount.of(workspace.startCount);
    const named = (kind: string) => `${settings.name}-${kind}-\${${ID}}`;
    const route = coderRoute(settings);
    const labels = workspaceLabels();
    const workload = describeWorkspace(settings);
    const hasWayOut = workload.connects.some(({ to }) => to === 'internet');

    const network = new Network(this, 'Network', {
      count,
      name: named('ws'),
      driver: 'bridge',
      internal: !hasWayOut,
      options: {
        // A name that firewall rules can match; the kernel allows 15 characters.
        'com.docker.network.bridge.name': `${BRIDGE_PREFIX}\${substr(replace(${ID}, "-", ""), 0, 12)}`,
      },
      labels: labels(),
    });
    network.overrideLogicalId('workspace');
    const networkId = '${docker_network.workspace[0].id}';

    const door = new WorkspaceDoor(this, 'Door', { settings, name: named('door'), networkId, count, labels: labels() });

    const home = new Volume(this, 'Home', {
      name: named('home'),
      labels: labels('_at_creation'),
      // A changed template, name or owner must never cost anybody their files.
      lifecycle: { ignoreChanges: 'all' },
    });
    home.overrideLogicalId('home');
    home.addOverride('driver_opts', QUOTA);

    const agent = new WorkspaceAgent(this, 'Agent', { route, thisHost: dockerNames(settings).thisHost });
    const { config, overrides } = containerAttributes(workload, {
      path: (file) => file,
      workspace: { ...WORKSPACE_FACTS, agentScript: agent.initScript },
    });
    const container = new Container(this, 'Resource', {
      ...config,
      ...rotatedLog(10, 3),
      count,
      name: named('ws'),
      hostname: workspace.name,
      image: reference(workload.image),
      networksAdvanced: [{ name: networkId }],
      host: hosts(route, named('ws'), dockerNames(settings).thisHost),
      // Docker still looks up its own names. Without a way out nothing else is looked up anywhere: a look-up is a
      // message too, and Docker before 26 passes some on through the host.
      ...(hasWayOut ? {} : { dns: ['127.0.0.1'] }),
      volumes: workload.persistent.map(({ path }) => ({ volumeName: home.name, containerPath: path })),
      labels: [
        ...labels(),
        { label: 'ai-gateway.disk_gb', value: `\${${parameterExpression('disk')}}` },
        ...(config.labels as ContainerLabels[]),
      ],
      dependsOn: [door.container],
    });
    container.overrideLogicalId('workspace');
    for (const [attribute, expression] of Object.entries(overrides)) container.addOverride(attribute, expression);
    container.addOverride('storage_opts', QUOTA);
  }
}

/** What Coder's own templates label, so that its tools and people find the parts of a workspace. */
function workspaceLabels() {
  const labels = {
    'coder.owner': WORKSPACE_FACTS.ownerName,
    'coder.owner_id': WORKSPACE_FACTS.ownerId,
    'coder.workspace_id': WORKSPACE_FACTS.id,
    'coder.workspace_name': WORKSPACE_FACTS.name,
  };
  return (suffix = '') =>
    Object.entries(labels).map(([label, value]) => ({
      label: /name$|owner$/.test(label) ? label + suffix : label,
      value,
    }));
}

/** Names that only `/etc/hosts` knows: this host where Coder is reached directly, Coder itself where the door stands in for it. */
function hosts(route: CoderRoute, network: string, thisHost: string): { host: string; ip: string }[] {
  if (route.kind === 'direct') return [{ host: thisHost, ip: 'host-gateway' }];
  if (route.kind === 'door') return [];
  const name = route.address.kind === 'host' ? route.address.host : thisHost;
  const doorAddress = `\${one([for n in docker_container.door[0].network_data : n.ip_address if n.network_name == "${network}"])}`;
  return [{ host: name, ip: doorAddress }];
}
