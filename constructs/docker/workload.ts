import { Container, type ContainerConfig, type ContainerLabels } from '@cdktf/provider-docker/lib/container';
import { Volume } from '@cdktf/provider-docker/lib/volume';
import { Construct } from 'constructs';
import type { Workload } from '../../workloads/workload';
import { literal } from '../terraform/literal';
import { containerAttributes, rotatedLog } from './container';
import { FileVolume } from './file-volume';
import { waitTimeoutSeconds } from './health';
import { DockerImage } from './image';
import type { PlatformNetworks } from './platform-networks';

export interface DockerWorkloadProps {
  /** Prefix of container, volume and image names. */
  readonly prefix: string;
  readonly workload: Workload;
  readonly networks: PlatformNetworks;
  /** Image id of containers that only carry files. */
  readonly seedImage: string;
  /** Workloads that have to be healthy first. */
  readonly dependsOn: readonly DockerWorkload[];
  /** Whether persistent directories outlive `terraform destroy`. */
  readonly keepOnDestroy: boolean;
  /** Path of the daemon's socket, for a workload that manages workspaces. */
  readonly daemonSocket: string;
}

/**
 * A workload as a Docker container: read-only root, no capabilities, no new privileges, memory limit, restart policy, health
 * check, and a label that makes an edited health check replace the container.
 *
 * @example
 * new DockerWorkload(this, 'litellm', {
 *   prefix: settings.name,
 *   workload: litellm(settings),
 *   networks,
 *   seedImage: seed.imageId,
 *   dependsOn: [postgres],
 *   keepOnDestroy: true,
 *   daemonSocket: '/var/run/docker.sock',
 * });
 *
 * @throws Error where its image's folder has no Dockerfile
 */
export class DockerWorkload extends Construct {
  readonly container: Container;
  private readonly logicalId: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DockerWorkloadProps,
  ) {
    super(scope, id);
    const { workload, prefix } = props;
    this.logicalId = workload.name.replaceAll('-', '_');
    const name = `${prefix}-${workload.name}`;
    const image = new DockerImage(this, 'Image', { name, source: workload.image, logicalId: this.logicalId });
    const files = workload.files
      ? new FileVolume(this, 'Files', {
          name: `${name}-files`,
          files: workload.files.files,
          seedImage: props.seedImage,
          logicalId: this.logicalId,
        })
      : undefined;
    const surroundings = { path: (file: string) => `${workload.files?.directory}/${file}` };
    const { config, overrides } = containerAttributes(workload, surroundings);
    this.container = new Container(this, 'Container', {
      ...config,
      ...rotatedLog(10, 3),
      name,
      image: image.imageId,
      networksAdvanced: props.networks.of(workload).map(({ id, isForDoors }) => ({
        name: id,
        aliases: [
          ...(workload.service && workload.service !== workload.name ? [workload.service] : []),
          workload.name,
          ...(isForDoors ? this.formerNames() : []),
        ],
      })),
      ports: [...workload.published]
        .sort((a, b) => a.port - b.port)
        .map(({ port, hostPort, bind }) => ({ internal: port, external: hostPort, ip: bind })),
      volumes: this.volumes(files),
      ...(workload.managesWorkspaces ? { groupAdd: ['${var.docker_group}'] } : {}),
      labels: [
        ...(files ? [{ label: 'ai-gateway.files', value: files.digest }] : []),
        ...(config.labels as ContainerLabels[]),
        { label: 'ai-gateway.workload', value: workload.name },
      ],
      wait: true,
      waitTimeout: waitTimeoutSeconds(workload.health),
      stopTimeout: workload.stopGraceSeconds,
      dependsOn: [...props.dependsOn.map((other) => other.container), ...(files ? [files.filled] : [])],
    });
    for (const [attribute, expression] of Object.entries(overrides)) this.container.addOverride(attribute, expression);
    this.container.overrideLogicalId(this.logicalId);
  }

  private formerNames(): string[] {
    const { workload, prefix } = this.props;
    return workload.takesOverFrom ? [`${prefix}-${workload.takesOverFrom}`] : [];
  }

  private volumes(files: FileVolume | undefined): NonNullable<ContainerConfig['volumes']> {
    const { workload, daemonSocket } = this.props;
    const persistent = workload.persistent.map(({ name, path }) => ({
      volumeName: this.persistentVolume(name),
      containerPath: path,
    }));
    const mounted =
      files && workload.files
        ? [{ volumeName: files.volumeName, containerPath: workload.files.directory, readOnly: true }]
        : [];
    const socket = workload.managesWorkspaces
      ? // Under the host's own path: that is where the workspace template looks for it.
        [{ hostPath: literal(daemonSocket), containerPath: literal(daemonSocket) }]
      : [];
    return [...persistent, ...mounted, ...socket];
  }

  /**
   * A volume that outlives `destroy` is not Terraform's: Docker makes it when the container is first created, `destroy` leaves it, and the next
   * deployment finds it again by its name. Otherwise it is a resource like any other.
   */
  private persistentVolume(name: string): string {
    const full = `${this.props.prefix}-${name}`;
    if (this.props.keepOnDestroy) return full;
    const volume = new Volume(this, name, { name: full });
    volume.overrideLogicalId(persistentVolumeId(name));
    return volume.name;
  }
}

/** Resource name of a volume that does not outlive `destroy`. */
export const persistentVolumeId = (name: string): string => name.replaceAll('-', '_');
