import { TerraformOutput, type TerraformStack, TerraformVariable } from 'cdktf';
import type { Settings } from '../../settings/schema';
import { secret } from '../../settings/secrets';

const { name: IDENTITY_SECRET, minimumLength } = secret('workspace_identity_secret');

/** Whether the size of a home is enforced, on Docker. */
export function diskQuotaVariable(stack: TerraformStack): void {
  new TerraformVariable(stack, 'disk_quota', {
    type: 'bool',
    description:
      'Whether the disk parameter is enforced. Needs a Docker data directory on XFS mounted with pquota; elsewhere Docker refuses to create the workspace.',
    default: false,
    nullable: false,
  });
}

/** What a workspace's token is made from. */
export function identityVariable(stack: TerraformStack): void {
  new TerraformVariable(stack, IDENTITY_SECRET, {
    type: 'string',
    description: 'The value of the same name in secrets.tfvars; each workspace is given a token made from it.',
    sensitive: true,
    nullable: false,
  });
}

/**
 * The output `gateway`, whose precondition stops a plan with a short identity secret. Not a validation of the variable: a failed
 * one prints the value it refuses, sensitive or not (measured, Terraform 1.11).
 */
export function gatewayOutput(stack: TerraformStack, settings: Settings): void {
  const gateway = new TerraformOutput(stack, 'gateway', { value: settings.name });
  gateway.addOverride('precondition', [
    {
      condition: `\${length(var.${IDENTITY_SECRET}) >= ${minimumLength}}`,
      error_message: `${IDENTITY_SECRET} must have at least ${minimumLength} characters: take the value of the same name from secrets.tfvars`,
    },
  ]);
}
