import { spawnSync } from 'node:child_process';

/** The first Terraform that knows what is synthesized: `removed` blocks that keep what they remove. */
export const OLDEST_TERRAFORM = '1.7.0';

/** What is wrong with the Terraform that is installed, for people; nothing where it is new enough. */
export function terraformProblem(program = 'terraform'): string | undefined {
  const { stdout, error } = spawnSync(program, ['version', '-json'], { encoding: 'utf8' });
  if (error) {
    return `${program} is not installed; install Terraform ${OLDEST_TERRAFORM} or later (https://developer.hashicorp.com/terraform/install)`;
  }
  const version = /"terraform_version": *"([^"]+)"/.exec(stdout)?.[1];
  if (version && !isOlder(version, OLDEST_TERRAFORM)) return undefined;
  return `${program} is version ${version ?? 'unknown'}, and ${OLDEST_TERRAFORM} or later is needed; install a newer one`;
}

function isOlder(version: string, oldest: string): boolean {
  const numbers = (text: string) => text.split(/[.-]/).slice(0, 3).map(Number);
  const [a, b] = [numbers(version), numbers(oldest)];
  const at = b.findIndex((number, index) => number !== a[index]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
}
