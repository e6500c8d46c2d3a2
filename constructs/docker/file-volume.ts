import { createHash } from 'node:crypto';
import { Container } from '@cdktf/provider-docker/lib/container';
import { Volume } from '@cdktf/provider-docker/lib/volume';
import { Construct } from 'constructs';
import type { WorkloadFile } from '../../workloads/workload';
import { literal } from '../terraform/literal';

export interface FileVolumeProps {
  /** Name of the volume and of the container that fills it. */
  readonly name: string;
  readonly files: readonly WorkloadFile[];
  /** Image id of the container that fills the volume; it is never started, so any image does. */
  readonly seedImage: string;
  /** Begin of the resources' names in Terraform. */
  readonly logicalId: string;
}

/**
 * A volume with files in it. Docker refuses to upload into a container with a read-only root, so the files go through a
 * second container that never runs.
 *
 * @example
 * const files = new FileVolume(this, 'files', {
 *   name: 'ai-gateway-litellm-files',
 *   files: [{ name: 'config.yaml', content }],
 *   seedImage: image.imageId,
 *   logicalId: 'litellm',
 * });
 * // The reader mounts files.volumeName, depends on files.filled, and is replaced with files.digest.
 */
export class FileVolume extends Construct {
  readonly volumeName: string;
  /** What the reader of the files has to depend on. */
  readonly filled: Container;
  /** Changes with the files. */
  readonly digest: string;

  constructor(scope: Construct, id: string, props: FileVolumeProps) {
    super(scope, id);
    const volume = new Volume(this, 'Volume', { name: props.name });
    volume.overrideLogicalId(`${props.logicalId}_files`);
    this.volumeName = volume.name;
    this.filled = new Container(this, 'Seed', {
      name: props.name,
      image: props.seedImage,
      start: false,
      mustRun: false,
      restart: 'no',
      networkMode: 'none',
      memory: 16,
      memorySwap: 16,
      volumes: [{ volumeName: volume.name, containerPath: '/files' }],
      upload: [...props.files]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, content }) => ({ file: `/files/${name}`, content: literal(content), permissions: '0444' })),
    });
    this.filled.overrideLogicalId(`${props.logicalId}_files`);
    this.digest = createHash('sha256').update(JSON.stringify(props.files)).digest('hex').slice(0, 12);
  }
}
