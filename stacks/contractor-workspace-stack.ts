import { DockerProvider } from '@cdktf/provider-docker/lib/provider';
import type { Construct } from 'constructs';
import { CoderProvider } from '../bindings/coder/lib/provider';
import { ContractorWorkspace, type ContractorWorkspaceProps } from '../constructs/docker/contractor-workspace';
import { HostedStack } from '../constructs/terraform/hosted-stack';
import { literal } from '../constructs/terraform/literal';

export type ContractorWorkspaceStackProps = ContractorWorkspaceProps;

/**
 * The Coder template: `cdk.tf.json` and `params.tf`, which Coder plans and applies once per workspace and start.
 *
 * @example
 * const app = new App();
 * new ContractorWorkspaceStack(app, 'contractor-workspace', { settings: loadSettings('gateway.yaml') });
 * app.synth(); // cdktf.out/stacks/contractor-workspace, for `make template` to export
 *
 * @throws SettingsError where the workspace policy leaves no model to choose
 */
export class ContractorWorkspaceStack extends HostedStack {
  constructor(scope: Construct, id: string, props: ContractorWorkspaceStackProps) {
    super(scope, id);
    new CoderProvider(this, 'coder');
    new DockerProvider(this, 'docker', { host: literal(props.settings.docker.host) });
    new ContractorWorkspace(this, 'contractor-workspace', props);
  }
}
