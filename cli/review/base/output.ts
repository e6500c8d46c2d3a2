import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeploymentFileError, parseDeployment } from '../../../deployment/read';
import type { Deployment } from '../../../deployment/schema';
import { CliError, EXIT, usageError } from '../../errors';
import type { Synthesized } from '../comparison';
import { stackSchema } from '../terraform/stack';
import type { OlderOutput } from './older';

/** What a synth wrote. */
export type Output = Omit<Synthesized, 'deployment' | 'notCompared'> &
  (
    | { readonly deployment: Deployment }
    /** By a checkout from before `deployment.json`. */
    | { readonly deployment: undefined; readonly older: OlderOutput }
  );

/** Reads what a synth wrote. @throws CliError (usage) where a file is missing or of a shape that is unknown here */
export function readOutput(out: string, what: string): Output {
  const stack = (name: string) => {
    const parsed = stackSchema.safeParse(JSON.parse(text(join(out, 'stacks', name, 'cdk.tf.json'))));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw usageError(
      `the synthesized ${name} stack of ${what} has an unknown shape at ${issue?.path.join('.') || 'its top'}: ${issue?.message}`,
    );
  };
  const form = join(out, 'stacks', 'contractor-workspace', 'params.tf');
  const stacks = {
    platform: stack('platform'),
    template: stack('contractor-workspace'),
    form: existsSync(form) ? text(form) : '',
  };
  const file = join(out, 'deployment.json');
  if (!existsSync(file)) return { ...stacks, deployment: undefined, older: olderOutput(out) };
  try {
    return { ...stacks, deployment: parseDeployment(text(file), `the deployment.json of ${what}`) };
  } catch (error) {
    if (error instanceof DeploymentFileError) throw usageError(error.message);
    throw error;
  }
}

/** Every file that an older synth wrote for its workloads, by name; `config.yaml` and `gateway.json` tell most. */
function olderOutput(out: string): OlderOutput {
  const files = (readdirSync(out, { recursive: true }) as string[]).filter(
    (path) => !/^(stacks|images)[\\/]/.test(path),
  );
  return {
    files: Object.fromEntries(
      files
        .filter((path) => /\.[a-z]+$/.test(path) && existsSync(join(out, path)))
        .map((path) => [path.split(/[\\/]/).at(-1) ?? path, text(join(out, path))]),
    ),
  };
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(
      `synth wrote no ${file} (${(error as NodeJS.ErrnoException).code})`,
      EXIT.usage,
      'run `npm run synth` and look at what it says',
    );
  }
}
