import { Container, type ContainerConfig } from '@cdktf/provider-docker/lib/container';
import { Volume } from '@cdktf/provider-docker/lib/volume';
import { Construct } from 'constructs';
import type { NetworkName, ScratchDirectory, Workload } from '../../workloads/workload';
import { literal } from '../terraform/literal';
import { terraformEnvironment, terraformTemplate } from '../terraform/value';
import { FileVolume } from './file-volume';
import { dockerHealth, healthLabel, healthyWithin } from './health';
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
  readonly after: readonly DockerWorkload[];
  /** Whether kept directories outlive `terraform destroy`. */
  readonly keepOnDestroy: boolean;
  /** Path of the daemon's socket, for a workload that manages containers. */
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
 *   after: [postgres],
 *   keepOnDestroy: true,
 *   daemonSocket: '/var/run/docker.sock',
 * });
 *
 * @throws Error where the workload is on a network that was not made, or its image's folder has no Dockerfile
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
    const health = dockerHealth(workload.health);
    const environment = terraformEnvironment(workload.environment, surroundings);
    this.container = new Container(this, 'Container', {
      ...HARDENING,
      name,
      image: image.imageId,
      ...(workload.arguments
        ? { command: workload.arguments.map((argument) => terraformTemplate(argument, surroundings)) }
        : {}),
      ...(Array.isArray(environment) ? { env: environment } : {}),
      user: workload.user,
      tmpfs: Object.fromEntries(workload.scratch.map(tmpfs)),
      memory: workload.memoryMb,
      // Docker would allow as much swap again, and the provider would see a difference in every plan.
      memorySwap: workload.memoryMb,
      ...(workload.sharedMemoryMb ? { shmSize: workload.sharedMemoryMb } : {}),
      networksAdvanced: [...workload.networks].sort().map((network) => ({
        name: props.networks.id(network),
        aliases: [workload.name, ...this.formerNames(network)],
      })),
      ports: [...workload.ports]
        .sort((a, b) => a.internal - b.internal)
        .map(({ internal, external, bind }) => ({ internal, external, ip: bind })),
      volumes: this.volumes(files),
      ...(workload.managesContainers ? { groupAdd: ['${var.docker_group}'] } : {}),
      labels: [
        ...(files ? [{ label: 'ai-gateway.files', value: files.digest }] : []),
        healthLabel(health),
        { label: 'ai-gateway.workload', value: workload.name },
      ],
      healthcheck: health,
      wait: true,
      waitTimeout: healthyWithin(workload.health) + 30,
      stopTimeout: workload.stopGrace,
      destroyGraceSeconds: workload.stopGrace,
      dependsOn: [...props.after.map((other) => other.container), ...(files ? [files.filled] : [])],
    });
    if (!Array.isArray(environment)) this.container.addOverride('env', environment);
    this.container.overrideLogicalId(this.logicalId);
  }

  private formerNames(network: NetworkName): string[] {
    const { workload, prefix } = this.props;
    return workload.inPlaceOf?.network === network ? [`${prefix}-${workload.inPlaceOf.workload}`] : [];
  }

  private volumes(files: FileVolume | undefined): NonNullable<ContainerConfig['volumes']> {
    const { workload, daemonSocket } = this.props;
    const kept = workload.kept.map(({ name, path }) => ({ volumeName: this.keptVolume(name), containerPath: path }));
    const mounted =
      files && workload.files
        ? [{ volumeName: files.volumeName, containerPath: workload.files.directory, readOnly: true }]
        : [];
    const socket = workload.managesContainers
      ? // Under the host's own path: that is where the workspace template looks for it.
        [{ hostPath: literal(daemonSocket), containerPath: literal(daemonSocket) }]
      : [];
    return [...kept, ...mounted, ...socket];
  }

  /**
   * A kept volume is not Terraform's: Docker makes it when the container is first created, `destroy` leaves it, and the next
   * deployment finds it again by its name. Otherwise it is a resource like any other.
   */
  private keptVolume(name: string): string {
    const full = `${this.props.prefix}-${name}`;
    if (this.props.keepOnDestroy) return full;
    const volume = new Volume(this, name, { name: full });
    volume.overrideLogicalId(keptVolumeId(name));
    return volume.name;
  }
}

/** Resource name of a volume that does not outlive `destroy`. */
export const keptVolumeId = (name: string): string => name.replaceAll('-', '_');

const HARDENING = {
  readOnly: true,
  capabilities: { drop: ['ALL'] },
  securityOpts: ['no-new-privileges:true'],
  restart: 'unless-stopped',
  logDriver: 'json-file',
  logOpts: { 'max-file': '3', 'max-size': '10m' },
} satisfies Partial<ContainerConfig>;

const tmpfs = ({ path, megabytes, mode = '1777' }: ScratchDirectory): [string, string] => [
  path,
  `rw,noexec,nosuid,nodev,size=${megabytes}m,mode=${mode}`,
];
