import { compareKeys, same } from '../changes';
import { type Comparison, mapOf } from '../comparison';
import { code, type Finding, findingsOf, plural } from '../finding';
import { type Attributes, blocks, type Stack } from './stack';

const finding = findingsOf('secrets');

/** What changes about a stack's variables, nearly all of which are secrets, and about what stops its plan. */
export function compareVariables(before: Stack, after: Stack): Finding[] {
  const { added, removed, both } = compareKeys(mapOf(before.variable), mapOf(after.variable));
  return [
    ...added.flatMap(([name, is]) => [
      is['default'] === undefined
        ? finding('medium', 'added', `${code(name)} must be in \`secrets.tfvars\`, or the next plan stops`)
        : finding('low', 'added', `a new variable ${code(name)}; it may be left out`),
      ...published(name, {}, is),
    ]),
    ...removed.map(([name]) =>
      finding('low', 'removed', `${code(name)} is no longer asked for; take it out of \`secrets.tfvars\``),
    ),
    ...both.flatMap(([name, was, is]) => changed(name, was, is)),
  ];
}

function changed(name: string, was: Attributes, is: Attributes): Finding[] {
  return [
    ...(was['sensitive'] === true && is['sensitive'] !== true
      ? [finding('high', 'sensitive', `${code(name)} is no longer sensitive: plans and logs show its value`)]
      : []),
    ...published(name, was, is),
    ...(was['default'] !== undefined && is['default'] === undefined
      ? [finding('medium', 'required', `${code(name)} must be in \`secrets.tfvars\`, or the next plan stops`)]
      : []),
    ...(blocks(is['validation']).length < blocks(was['validation']).length
      ? [finding('medium', 'rule-removed', `fewer checks stop a bad value of ${code(name)}`)]
      : []),
  ];
}

/** A default of a secret is a secret in the repository. */
function published(name: string, was: Attributes, is: Attributes): Finding[] {
  const value = is['default'];
  if (is['sensitive'] !== true || value === undefined || value === null || value === '' || same(was['default'], value))
    return [];
  return [
    finding(
      'high',
      'in-repository',
      `the secret ${code(name)} has a value in the repository: whoever reads it has the secret`,
    ),
  ];
}

/** Conditions that no longer stop a stack's plan, beyond those that the description of the secrets tells of. */
export function comparePreconditions(comparison: Comparison, stack: 'platform' | 'template'): Finding[] {
  const [old, now] = [conditions(comparison.before[stack]), conditions(comparison.after[stack])];
  const rules = (deployment: typeof comparison.was) =>
    Object.values(deployment.secrets).flatMap((secret) => secret.rules.filter((rule) => rule.stack === stack)).length;
  const lost = old.length - now.length - (rules(comparison.was) - rules(comparison.is));
  if (lost <= 0) return [];
  const gone = old.filter((condition) => !now.includes(condition));
  // The secret that a condition is about comes last in it.
  const about = [...new Set(gone.flatMap((condition) => /.*var\.(\w+)/s.exec(condition)?.[1] ?? []))];
  const where = stack === 'platform' ? 'the platform stack' : 'the workspace template';
  return [
    finding(
      'high',
      'precondition-removed',
      `${plural(lost, 'condition')} that stopped a plan of ${where} at a bad secret ${lost === 1 ? 'is' : 'are'} gone: ${code(...about)}`,
    ),
  ];
}

const conditions = ({ output }: Stack): string[] =>
  Object.values(output).flatMap((each) => blocks(each['precondition']).map((block) => String(block['condition'])));
