import { type TerraformOutput, type TerraformStack, TerraformVariable } from 'cdktf';
import { neededCredentials } from '../../settings/credentials';
import { credentialSources, type Settings } from '../../settings/schema';
import { PUBLISHED_VALUES, SECRETS, type Secret, type SecretName } from '../../settings/secrets';
import { literal, quoted } from './literal';

interface Rule {
  readonly condition: string;
  readonly message: string;
}

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
  const reasons = reasonsFor(settings);
  const all = SECRETS.flatMap((secret) => rules(secret, reasons.get(secret.name)));
  output.addOverride(
    'precondition',
    all.map(({ condition, message }) => ({ condition: `\${${condition}}`, error_message: literal(message) })),
  );
}

/** Why a deployment cannot do without a secret, as the end of a sentence; a secret without a reason may be empty. */
function reasonsFor(settings: Settings): Map<SecretName, string> {
  const reasons = new Map<SecretName, string>();
  for (const { name, generate } of SECRETS) {
    if (generate)
      reasons.set(name, '`gateway init` writes one to secrets.tfvars, which goes to Terraform with -var-file');
  }
  for (const { provider, models, credentials } of neededCredentials(settings)) {
    for (const { secret, required } of credentials) {
      if (!required) continue;
      reasons.set(
        secret,
        `${models.join(', ')} need it: put it into secrets.tfvars, or set providers.${provider}.credentials in gateway.yaml to ${credentialSources(
          provider,
        )
          .filter((source) => source !== 'variable')
          .join(' or ')}`,
      );
    }
  }
  if (settings.coder.confirm_workspaces) {
    reasons.set('coder_token', 'coder.confirm_workspaces is on: put a token into secrets.tfvars, or switch it off');
  }
  return reasons;
}

function rules(secret: Secret, reason: string | undefined): Rule[] {
  const value = `var.${secret.name}`;
  const unlessEmpty = (condition: string) => `${value} == "" || ${condition}`;
  const advice = secret.generate ? '; let `gateway init` make one' : '';
  const earlier = SECRETS.slice(0, SECRETS.indexOf(secret)).map((other) => other.name);
  return [
    ...(reason ? [{ condition: `${value} != ""`, message: `${secret.name} is missing; ${reason}` }] : []),
    ...(secret.minimumLength > 0
      ? [
          {
            condition: unlessEmpty(`length(${value}) >= ${secret.minimumLength}`),
            message: `${secret.name} is shorter than ${secret.minimumLength} characters${advice}`,
          },
        ]
      : []),
    ...(secret.prefix
      ? [
          {
            condition: unlessEmpty(`startswith(${value}, "${secret.prefix}")`),
            message: `${secret.name} does not begin with "${secret.prefix}"${advice}`,
          },
        ]
      : []),
    {
      condition: `!contains([${PUBLISHED_VALUES.map((published) => quoted(published)).join(', ')}], ${value})`,
      message: `${secret.name} is a value that is printed in public manuals${advice || '; use another'}`,
    },
    ...(earlier.length > 0
      ? [
          {
            condition: unlessEmpty(`!contains([${earlier.map((name) => `var.${name}`).join(', ')}], ${value})`),
            message: `${secret.name} has the same value as another secret; give each purpose its own${advice}`,
          },
        ]
      : []),
  ];
}
