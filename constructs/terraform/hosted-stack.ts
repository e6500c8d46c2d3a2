import { type TerraformBackend, TerraformStack } from 'cdktf';

/**
 * A stack that somebody else's runner applies (Coder): it has no backend, because the runner keeps the state.
 *
 * @example
 * class Template extends HostedStack {
 *   constructor(scope: Construct) {
 *     super(scope, 'template');
 *     addFile(this, 'params.tf', 'variable "greeting" { default = "hello" }');
 *   }
 * }
 */
export class HostedStack extends TerraformStack {
  /** cdktf would add a local backend with an absolute path, and all workspaces would share that one file. */
  override ensureBackendExists(): TerraformBackend {
    return undefined as unknown as TerraformBackend;
  }
}
