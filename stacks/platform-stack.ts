import { DockerProvider } from '@cdktf/provider-docker/lib/provider';
import { LocalBackend, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { Platform, type PlatformProps } from '../constructs/docker/platform';
import { literal } from '../constructs/terraform/literal';

export type PlatformStackProps = PlatformProps;

/**
 * A {@link Platform} with a Docker provider and a local state.
 *
 * @example
 * const app = new App();
 * new PlatformStack(app, 'platform', { settings: loadSettings('gateway.yaml') });
 * app.synth(); // cdktf.out/stacks/platform/cdk.tf.json
 *
 * @throws CatalogError where the catalog contradicts itself; Error where a folder of `images/` has no Dockerfile
 */
export class PlatformStack extends TerraformStack {
  readonly platform: Platform;

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id);
    // Beside the checkout's own files, so that the state outlives the output directory. Relative: another checkout, same JSON.
    new LocalBackend(this, { path: `../../../terraform.${id}.tfstate` });
    new DockerProvider(this, 'docker', { host: literal(props.settings.docker.host) });
    this.platform = new Platform(this, 'platform', props);
  }
}
