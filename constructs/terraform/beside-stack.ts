import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TerraformStack } from 'cdktf';

/** Where a synthesis writes. */
export interface SynthesisDirectories {
  /** The app's, `cdktf.out`. */
  readonly app: string;
  /** The stack's own, which holds its `cdk.tf.json`. */
  readonly stack: string;
}

/** Calls `write` whenever the stack was synthesized, so that what belongs beside its JSON is there whoever made the app. */
export function afterSynthesis(stack: TerraformStack, write: (directories: SynthesisDirectories) => void): void {
  const { synthesizer } = stack;
  stack.synthesizer = {
    synthesize: (session) => {
      synthesizer.synthesize(session);
      const { workingDirectory } = session.manifest.forStack(stack);
      write({ app: session.outdir, stack: path.join(session.outdir, workingDirectory) });
    },
  };
}

/** Writes a file beside `cdk.tf.json`; Terraform reads every `.tf` file there together with it. */
export function addFile(stack: TerraformStack, name: string, content: string): void {
  afterSynthesis(stack, (directories) => writeFileSync(path.join(directories.stack, name), content));
}
