import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TerraformBackend, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

/**
 * A stack that somebody else's runner applies (Coder): it has no backend, because the runner keeps the state, and it
 * may consist of more files than `cdk.tf.json`.
 *
 * @example
 * class Template extends HostedStack {
 *   constructor(scope: Construct) {
 *     super(scope, 'template');
 *     this.addFile('params.tf', 'variable "greeting" { default = "hello" }');
 *   }
 * }
 */
export class HostedStack extends TerraformStack {
  private readonly files = new Map<string, string>();

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { synthesizer } = this;
    this.synthesizer = {
      synthesize: (session) => {
        synthesizer.synthesize(session);
        const directory = path.join(session.outdir, session.manifest.forStack(this).workingDirectory);
        for (const [name, content] of this.files) writeFileSync(path.join(directory, name), content);
      },
    };
  }

  /** Writes a file beside `cdk.tf.json`; Terraform reads every `.tf` file there together with it. */
  addFile(name: string, content: string): void {
    this.files.set(name, content);
  }

  /** cdktf would add a local backend with an absolute path, and all workspaces would share that one file. */
  override ensureBackendExists(): TerraformBackend {
    return undefined as unknown as TerraformBackend;
  }
}
