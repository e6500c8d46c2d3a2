import { code, type Finding, findingsOf } from './finding';
import { blocks, compareKeys, type Stack, same } from './synthesized';

const finding = findingsOf('secrets');

/** What changes about a stack's variables, nearly all of which are secrets. */
export function compareSecrets(before: Stack, after: Stack): Finding[] {
  const variables = (stack: Stack) => new Map(Object.entries(stack.variable));
  const { added, removed, both } = compareKeys(variables(before), variables(after));
  return [
    ...added.flatMap(([name, is]) => [
      is['default'] === undefined
        ? finding('medium', `${code(name)} must be in \`secrets.tfvars\`, or the next plan stops`)
        : finding('low', `a new variable ${code(name)}; it may be left out`),
      ...published(name, {}, is),
    ]),
    ...removed.map(([name]) =>
      finding('low', `${code(name)} is no longer asked for; take it out of \`secrets.tfvars\``),
    ),
    ...both.flatMap(([name, was, is]) => [
      ...(was['sensitive'] === true && is['sensitive'] !== true
        ? [finding('high', `${code(name)} is no longer sensitive: plans and logs show its value`)]
        : []),
      ...published(name, was, is),
      ...(was['default'] !== undefined && is['default'] === undefined
        ? [finding('medium', `${code(name)} must be in \`secrets.tfvars\`, or the next plan stops`)]
        : []),
      ...(blocks(is['validation']).length < blocks(was['validation']).length
        ? [finding('medium', `fewer checks stop a bad value of ${code(name)}`)]
        : []),
    ]),
  ];
}

/** A default of a secret is a secret in the repository. */
function published(name: string, was: Record<string, unknown>, is: Record<string, unknown>): Finding[] {
  const value = is['default'];
  if (is['sensitive'] !== true || value === undefined || value === null || value === '' || same(was['default'], value))
    return [];
  return [finding('high', `the secret ${code(name)} has a value in the repository: whoever reads it has the secret`)];
}
