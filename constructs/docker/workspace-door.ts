import { Container, type ContainerLabels } from '@cdktf/provider-docker/lib/container';
import type { TerraformCount } from 'cdktf';
import { Construct } from 'constructs';
import type { Settings } from '../../settings/schema';
import type { ImageSource } from '../../workloads/workload';
import { coderRoute } from '../../workspace/coder-route';
import { door } from '../../workspace/door';
import { containerAttributes, rotatedLog } from './container';
import { waitTimeoutSeconds } from './health';
import { dockerNames } from './names';
import { networksOf } from './platform-networks';

export interface WorkspaceDoorProps {
  readonly settings: Settings;
  /** Container name, a Terraform expression. */
  readonly name: string;
  /** Id of the workspace's own network, a Terraform expression. */
  readonly networkId: string;
  readonly count: TerraformCount;
  readonly labels: readonly ContainerLabels[];
}

/**
 * The door of a workspace as a container: on the workspace's network, under the names of what it leads to, and on those of the
 * platform's networks that its connections need.
 *
 * @example
 * new WorkspaceDoor(this, 'door', {
 *   settings,
 *   name: 'ai-gateway-door-${data.coder_workspace.me.id}',
 *   networkId: '${docker_network.workspace[0].id}',
 *   count,
 *   labels: [],
 * });
 */
export class WorkspaceDoor extends Construct {
  readonly container: Container;

  constructor(scope: Construct, id: string, { settings, name, networkId, count, labels }: WorkspaceDoorProps) {
    super(scope, id);
    const names = dockerNames(settings);
    const workload = door(settings, names);
    const route = coderRoute(settings);
    const { config } = containerAttributes(workload, { path: noFiles });
    const onHost = route.kind !== 'direct' && route.address.kind === 'this-host';
    this.container = new Container(this, 'Resource', {
      ...config,
      ...rotatedLog(1, 2),
      count,
      name,
      image: reference(workload.image),
      networksAdvanced: [
        { name: networkId, aliases: ['litellm', 'key-provisioner', ...(route.kind === 'door' ? ['coder'] : [])] },
        ...networksOf(workload, [workload]).map((network) => ({ name: `${settings.name}-${network}` })),
      ],
      ...(onHost ? { host: [{ host: names.thisHost, ip: 'host-gateway' }] } : {}),
      wait: true,
      waitTimeout: waitTimeoutSeconds(workload.health),
      labels: [...labels, ...(config.labels as ContainerLabels[])],
    });
    this.container.overrideLogicalId('door');
  }
}

function noFiles(file: string): never {
  throw new Error(`a door reads no files, and is asked for ${file}`);
}

/** What a workspace is made of must be there before: Coder's runner builds nothing. */
export function reference(image: ImageSource): string {
  if (image.kind === 'reference') return image.reference;
  throw new Error(`images/${image.folder} cannot be built by a workspace's template; name a ready image`);
}
