import type { Construct } from 'constructs';
import { CoderProvider } from '../bindings/coder/lib/provider';
import {
  KubernetesWorkspace,
  type KubernetesWorkspaceProps,
  kubeconfigVariable,
} from '../constructs/kubernetes/contractor-workspace';
import { KubectlProvider } from '../constructs/kubernetes/kubectl';
import { HostedStack } from '../constructs/terraform/hosted-stack';

export type KubernetesWorkspaceStackProps = KubernetesWorkspaceProps;

/**
 * The Coder template for a cluster: `cdk.tf.json` and `params.tf`, which Coder plans and applies once per workspace and start.
 *
 * @example
 * const app = new App();
 * new KubernetesWorkspaceStack(app, 'contractor-workspace', { settings: loadSettings('gateway.yaml') });
 * app.synth(); // cdktf.out/stacks/contractor-workspace, for `make template` to export
 *
 * @throws SettingsError where the workspace policy leaves no model to choose
 */
export class KubernetesWorkspaceStack extends HostedStack {
  constructor(scope: Construct, id: string, props: KubernetesWorkspaceStackProps) {
    super(scope, id);
    new CoderProvider(this, 'coder');
    new KubectlProvider(this, 'kubectl', { loadConfigFile: kubeconfigVariable(this) });
    new KubernetesWorkspace(this, 'contractor-workspace', props);
  }
}
