import { type TerraformOutput, type TerraformStack, TerraformVariable } from 'cdktf';
import { platformSecretRules, type RuleOfSecret, ruleSentence } from '../../deployment/secret-rules';
import type { Settings } from '../../settings/schema';
import { PUBLISHED_VALUES, SECRETS } from '../../settings/secrets';
import { literal, quoted } from './literal';

/**
 * Every secret as a sensitive variable of the stack, so that one `secrets.tfvars` fits whatever is switched on. The default is
 * empty, not absent: Terraform would stop at the first absent one, cdktf would ask for it, and `destroy` needs none.
 */
export function secretVariables(stack: TerraformStack): void {
  for (const { name, purpose } of SECRETS) {
    new TerraformVariable(stack, name, {
      type: 'string',
      description: literal(purpose),
      sensitive: true,
      nullable: false,
      default: '',
    });
  }
}

/**
 * Makes a missing, weak, published or reused secret stop the plan, all of them at once. These are preconditions of an output
 * because a variable's own `validation` prints the value it refuses, sensitive or not (measured, Terraform 1.11).
 */
export function validateSecrets(output: TerraformOutput, settings: Settings): void {
  output.addOverride(
    'precondition',
    platformSecretRules(settings).map((rule) => ({
      condition: `\${${condition(rule)}}`,
      error_message: literal(ruleSentence(rule)),
    })),
  );
}

/** A rule as Terraform checks it; of an empty value only `required` complains. */
function condition(rule: RuleOfSecret): string {
  const value = `var.${rule.secret}`;
  switch (rule.rule) {
    case 'required':
      return `${value} != ""`;
    case 'minimum-length':
      return `${value} == "" || length(${value}) >= ${rule.minimumLength}`;
    case 'prefix':
      return `${value} == "" || startswith(${value}, "${rule.prefix}")`;
    case 'not-published':
      return `!contains([${PUBLISHED_VALUES.map(quoted).join(', ')}], ${value})`;
    case 'not-reused':
      return `${value} == "" || !contains([${rule.others?.map((name) => `var.${name}`).join(', ')}], ${value})`;
  }
}
