import type { SecretRule } from '../../../deployment/schema';
import { compareKeys, same } from '../changes';
import { type Comparison, mapOf } from '../comparison';
import { code, type Finding, findingsOf, plural } from '../finding';

const finding = findingsOf('secrets');

/** Secrets that are new or gone, and what a value of one has to meet. */
export function compareSecrets(comparison: Comparison): Finding[] {
  const { added, removed, both } = compareKeys(mapOf(comparison.was.secrets), mapOf(comparison.is.secrets));
  return [
    ...added.map(([name, { rules }]) => {
      const required = rules.some(({ rule }) => rule === 'required');
      return finding(
        required ? 'medium' : 'low',
        'added',
        required
          ? `${code(name)} must be in \`secrets.tfvars\`, or the next plan stops`
          : `a new secret ${code(name)}; it may be left out`,
        [['secrets', name]],
      );
    }),
    ...removed.map(([name]) =>
      finding('low', 'removed', `${code(name)} is no longer asked for; take it out of \`secrets.tfvars\``, [
        ['secrets', name],
      ]),
    ),
    ...both.flatMap(([name, old, now]) => rules(name, old.rules, now.rules, isOptional(name, comparison))),
  ];
}

const idOf = ({ stack, rule }: SecretRule) => `${stack}/${rule}`;
const planOf = ({ stack }: SecretRule) => (stack === 'platform' ? 'the plan' : "the workspace template's plan");

/** Secrets that something may ask for and need not: a provider's credentials, Coder's token. Everything else is always needed. */
const isOptional = (name: string, { was }: Comparison) =>
  name === 'coder_token' || Object.values(was.providers).some(({ secrets }) => secrets.includes(name));

function rules(name: string, old: readonly SecretRule[], now: readonly SecretRule[], mayBeMissing: boolean): Finding[] {
  const byId = (list: readonly SecretRule[]) => new Map(list.map((rule) => [idOf(rule), rule]));
  const { added, removed, both } = compareKeys(byId(old), byId(now));
  const path = (id: string, ...field: string[]) => [['secrets', name, 'rules', id, ...field]];
  return [
    ...removed.map(([id, rule]) =>
      rule.rule === 'required' && mayBeMissing
        ? finding('low', 'not-required', `${code(name)} may be left out of \`secrets.tfvars\``, path(id))
        : finding(
            'high',
            'rule-removed',
            `${planOf(rule)} no longer stops at a ${code(name)} that ${fault(rule)}`,
            path(id),
          ),
    ),
    ...added.map(([id, rule]) =>
      rule.rule === 'required'
        ? finding('medium', 'required', `${code(name)} must be in \`secrets.tfvars\`, or the next plan stops`, path(id))
        : finding('medium', 'rule-added', `${planOf(rule)} stops at a ${code(name)} that ${fault(rule)}`, path(id)),
    ),
    ...both.flatMap(([id, was, is]) => weakened(name, id, was, is)),
  ];
}

function weakened(name: string, id: string, was: SecretRule, is: SecretRule): Finding[] {
  const fields = (['minimumLength', 'prefix', 'publishedValues', 'others'] as const).filter(
    (field) => !same(was[field], is[field]),
  );
  if (fields.length === 0) return [];
  const paths = fields.map((field) => ['secrets', name, 'rules', id, field]);
  const weaker =
    (was.minimumLength ?? 0) > (is.minimumLength ?? 0) ||
    (was.publishedValues ?? 0) > (is.publishedValues ?? 0) ||
    (was.others ?? []).some((other) => !is.others?.includes(other));
  return [
    finding(
      weaker ? 'high' : 'medium',
      weaker ? 'rule-weakened' : 'rule-changed',
      `${planOf(is)} stops at a ${code(name)} that ${fault(is)}, no longer at one that ${fault(was)}`,
      paths,
    ),
  ];
}

/** What is wrong with a value that a rule stops. */
function fault(rule: SecretRule): string {
  switch (rule.rule) {
    case 'required':
      return 'is missing';
    case 'minimum-length':
      return `is shorter than ${plural(rule.minimumLength ?? 0, 'character')}`;
    case 'prefix':
      return `does not begin with ${code(rule.prefix)}`;
    case 'not-published':
      return `is one of ${plural(rule.publishedValues ?? 0, 'value')} printed in public manuals`;
    case 'not-reused':
      return `has the value of one of ${plural(rule.others?.length ?? 0, 'other secret')} (${code(...(rule.others ?? []))})`;
  }
}
