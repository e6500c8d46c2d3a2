import { LocalBackend, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { KubectlProvider } from '../constructs/kubernetes/kubectl';
import { KubernetesPlatform, type KubernetesPlatformProps } from '../constructs/kubernetes/platform';

export type KubernetesPlatformStackProps = KubernetesPlatformProps;

/**
 * A {@link KubernetesPlatform} with a kubectl provider and a local state.
 *
 * @example
 * const app = new App();
 * new KubernetesPlatformStack(app, 'platform', { settings: loadSettings('gateway.yaml') });
 * app.synth(); // cdktf.out/stacks/platform/cdk.tf.json
 *
 * @throws CatalogError where the catalog contradicts itself
 */
export class KubernetesPlatformStack extends TerraformStack {
  readonly platform: KubernetesPlatform;

  constructor(scope: Construct, id: string, props: KubernetesPlatformStackProps) {
    super(scope, id);
    // As the Docker stack's: beside the checkout's own files, and relative.
    new LocalBackend(this, { path: `../../../terraform.${id}.tfstate` });
    const { context } = props.settings.kubernetes;
    new KubectlProvider(this, 'kubectl', context ? { context } : {});
    this.platform = new KubernetesPlatform(this, 'platform', props);
  }
}
