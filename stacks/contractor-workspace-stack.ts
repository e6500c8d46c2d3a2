import { DataCoderProvisioner } from '@cdktf/provider-coder/lib/data-coder-provisioner';
import { CoderProvider } from '@cdktf/provider-coder/lib/provider';
import { DockerProvider } from '@cdktf/provider-docker/lib/provider';
import { TerraformOutput, TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import { ContractorWorkspace } from '../constructs/docker/contractor-workspace';
import { HostedStack } from '../constructs/terraform/hosted-stack';
import { literal } from '../constructs/terraform/literal';
import { parametersFile } from '../constructs/terraform/parameters-file';
import type { Settings } from '../settings/schema';
import { secret } from '../settings/secrets';
import { workspaceParameters } from '../workspace/parameters';

export interface ContractorWorkspaceStackProps {
  readonly settings: Settings;
}

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
  constructor(scope: Construct, id: string, { settings }: ContractorWorkspaceStackProps) {
    super(scope, id);
    new CoderProvider(this, 'coder');
    new DockerProvider(this, 'docker', { host: literal(settings.docker.host) });
    // The bindings name an old release; version 4 repairs stopped containers.
    this.addOverride('terraform.required_providers.docker.version', '~> 4.6');

    const { name, minimumLength } = secret('workspace_identity_secret');
    new TerraformVariable(this, name, {
      type: 'string',
      description: 'The value of the same name in secrets.tfvars; each workspace is given a token made from it.',
      sensitive: true,
      nullable: false,
    });
    new TerraformVariable(this, 'disk_quota', {
      type: 'bool',
      description:
        'Whether the disk parameter is enforced. Needs a Docker data directory on XFS mounted with pquota; elsewhere Docker refuses to create the workspace.',
      default: false,
      nullable: false,
    });

    // Not a validation of the variable: a failed one prints the value it refuses, sensitive or not (measured, Terraform 1.11).
    const gateway = new TerraformOutput(this, 'gateway', { value: settings.name });
    gateway.addOverride('precondition', [
      {
        condition: `\${length(var.${name}) >= ${minimumLength}}`,
        error_message: `${name} must have at least ${minimumLength} characters: take the value of the same name from secrets.tfvars`,
      },
    ]);

    new DataCoderProvisioner(this, 'me');
    new ContractorWorkspace(this, 'contractor-workspace', { settings });
    this.addFile('params.tf', parametersFile(workspaceParameters(settings)));
  }
}
