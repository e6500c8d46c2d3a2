import { Image } from '@cdktf/provider-docker/lib/image';
import { Construct } from 'constructs';
import type { ImageSource } from '../../workloads/workload';
import { literal } from '../terraform/literal';
import { BuildContext } from './build-context';

export interface DockerImageProps {
  /** Name of an image that is built, without its tag. */
  readonly name: string;
  readonly source: ImageSource;
  /** Resource name in Terraform. */
  readonly logicalId: string;
}

/**
 * An image that is pulled, found locally, or built from a staged folder. It stays on the machine when the stack goes.
 *
 * @example
 * const source = { kind: 'reference', reference: 'postgres:17.6-bookworm' } as const;
 * new DockerImage(this, 'image', { name: 'ai-gateway-postgres', source, logicalId: 'postgres' }).imageId;
 *
 * @throws Error where the folder to build from has no Dockerfile
 */
export class DockerImage extends Construct {
  /** Content id, known after the first apply. */
  readonly imageId: string;

  constructor(scope: Construct, id: string, { name, source, logicalId }: DockerImageProps) {
    super(scope, id);
    const image = source.kind === 'reference' ? this.referred(source.reference) : this.built(name, source);
    image.overrideLogicalId(logicalId);
    this.imageId = image.imageId;
  }

  private referred(reference: string): Image {
    return new Image(this, 'Resource', { name: literal(reference), keepLocally: true });
  }

  private built(name: string, source: Extract<ImageSource, { kind: 'build' }>): Image {
    const context = new BuildContext(source.folder);
    return new Image(this, 'Resource', {
      // The tag tells what is inside: a changed file is another image, and an unchanged one is not built again.
      name: `${name}:${context.digest}`,
      buildAttribute: {
        context: context.fromStack,
        buildArgs: { BASE_IMAGE: literal(source.baseImage) },
      },
      keepLocally: true,
      // Built before the running container is touched.
      lifecycle: { createBeforeDestroy: true },
    });
  }
}
