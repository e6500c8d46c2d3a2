import { neededCredentials } from '../settings/credentials';
import { credentialSources, type Settings } from '../settings/schema';
import { PUBLISHED_VALUES, SECRETS, type Secret, type SecretName, secret } from '../settings/secrets';
import type { SecretRule } from './schema';

/** A rule and the secret that it is about. */
export type RuleOfSecret = SecretRule & { readonly secret: SecretName };

/** What each secret of the platform has to meet, in the order of the secrets: the stack stops its plan at these and at nothing else. */
export function platformSecretRules(settings: Settings): RuleOfSecret[] {
  const reasons = reasonsFor(settings);
  return SECRETS.flatMap((each) =>
    rulesOf(each, reasons.get(each.name)).map((rule) => ({ stack: 'platform' as const, secret: each.name, ...rule })),
  );
}

/** The same of the workspace template, which is given one secret. */
export function templateSecretRules(): RuleOfSecret[] {
  const { name, minimumLength } = secret('workspace_identity_secret');
  return [{ stack: 'template', secret: name, rule: 'minimum-length', minimumLength }];
}

/** Why a deployment cannot do without a secret, as the end of a sentence; a secret without a reason may be empty. */
function reasonsFor(settings: Settings): Map<SecretName, string> {
  const reasons = new Map<SecretName, string>();
  for (const { name, generate } of SECRETS) {
    if (generate)
      reasons.set(name, '`gateway init` writes one to secrets.tfvars, which goes to Terraform with -var-file');
  }
  for (const { provider, models, credentials } of neededCredentials(settings)) {
    const sources = credentialSources(provider).filter((source) => source !== 'variable');
    for (const { secret, required } of credentials) {
      if (!required) continue;
      reasons.set(
        secret,
        `${models.join(', ')} need it: put it into secrets.tfvars, or set providers.${provider}.credentials in gateway.yaml to ${sources.join(' or ')}`,
      );
    }
  }
  if (settings.coder.confirm_workspaces) {
    reasons.set('coder_token', 'coder.confirm_workspaces is on: put a token into secrets.tfvars, or switch it off');
  }
  return reasons;
}

function rulesOf({ name, minimumLength, prefix }: Secret, reason: string | undefined): Omit<SecretRule, 'stack'>[] {
  const others = SECRETS.slice(
    0,
    SECRETS.findIndex((other) => other.name === name),
  ).map((other) => other.name);
  return [
    ...(reason ? [{ rule: 'required' as const, reason }] : []),
    ...(minimumLength > 0 ? [{ rule: 'minimum-length' as const, minimumLength }] : []),
    ...(prefix ? [{ rule: 'prefix' as const, prefix }] : []),
    { rule: 'not-published' as const, publishedValues: PUBLISHED_VALUES.length },
    ...(others.length > 0 ? [{ rule: 'not-reused' as const, others }] : []),
  ];
}

/** What is wrong with a secret that breaks a rule, and what to do; no value is in it. */
export function ruleSentence(rule: RuleOfSecret): string {
  const advice = secret(rule.secret).generate ? '; let `gateway init` make one' : '';
  switch (rule.rule) {
    case 'required':
      return `${rule.secret} is missing; ${rule.reason}`;
    case 'minimum-length':
      return `${rule.secret} is shorter than ${rule.minimumLength} characters${advice}`;
    case 'prefix':
      return `${rule.secret} does not begin with "${rule.prefix}"${advice}`;
    case 'not-published':
      return `${rule.secret} is a value that is printed in public manuals${advice || '; use another'}`;
    case 'not-reused':
      return `${rule.secret} has the same value as another secret; give each purpose its own${advice}`;
  }
}
