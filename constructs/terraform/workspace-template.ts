import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { DataCoderProvisioner } from '../../bindings/coder/lib/data-coder-provisioner';
import { DataCoderWorkspace } from '../../bindings/coder/lib/data-coder-workspace';
import { DataCoderWorkspaceOwner } from '../../bindings/coder/lib/data-coder-workspace-owner';
import type { Settings } from '../../settings/schema';
import { workspaceParameters } from '../../workspace/parameters';
import { addFile } from './beside-stack';
import { parametersFile } from './parameters-file';
import { gatewayOutput, identityVariable } from './template-variables';

/**
 * What the template of a workspace has in every runtime: the variable `workspace_identity_secret`, the output `gateway`, the
 * parameters (`params.tf`), and Coder's data about the workspace, its owner and the machine that runs Terraform.
 *
 * @returns the workspace
 * @throws SettingsError where the workspace policy leaves no model to choose
 */
export function workspaceTemplate(scope: Construct, settings: Settings): DataCoderWorkspace {
  const stack = TerraformStack.of(scope);
  identityVariable(stack);
  gatewayOutput(stack, settings);
  addFile(stack, 'params.tf', parametersFile(workspaceParameters(settings)));
  new DataCoderProvisioner(scope, 'Provisioner').overrideLogicalId('me');
  const workspace = new DataCoderWorkspace(scope, 'Workspace');
  workspace.overrideLogicalId('me');
  new DataCoderWorkspaceOwner(scope, 'Owner').overrideLogicalId('me');
  return workspace;
}
