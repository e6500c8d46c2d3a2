import { changesBetween, compareKeys, pathText } from '../changes';
import type { Comparison } from '../comparison';
import { code, type Finding, findingsOf, value } from '../finding';
import { compareMounts } from './mounts';
import { compareMembership, compareNetworks } from './networks';
import { comparePrivileges } from './privileges';
import { changedAttributes, compareContainer } from './replaced';
import { nameOf, resolved, running, type Stack } from './stack';
import { compareTemplateResources } from './template';
import { comparePreconditions, compareVariables } from './variables';
import { compareVolumes } from './volumes';

const other = findingsOf('other');

/**
 * What only the Terraform files show: privileges, sockets, networks, what is replaced or deleted, and what stops a plan.
 *
 * @param told findings of the descriptions; what they tell is not said again
 */
export function compareTerraform(comparison: Comparison, told: readonly Finding[]): Finding[] {
  return (['platform', 'template'] as const).flatMap((kind) => {
    const [before, after] = [comparison.before[kind], comparison.after[kind]];
    // Most changes leave one of the stacks as it is.
    if (comparison.before.form === comparison.after.form && JSON.stringify(before) === JSON.stringify(after)) return [];
    const found = [
      ...containers(comparison, kind),
      ...compareNetworks(before, after),
      ...compareVolumes(before, after),
      ...compareVariables(before, after),
      ...comparePreconditions(comparison, kind),
    ];
    return [
      ...found,
      ...(kind === 'template' ? compareTemplateResources(comparison, [...told, ...found].length > 0) : []),
      ...rest(before, after, kind === 'platform' ? 'platform' : 'contractor-workspace'),
    ];
  });
}

function containers(comparison: Comparison, kind: 'platform' | 'template'): Finding[] {
  const [before, after] = [comparison.before[kind], comparison.after[kind]];
  const { added, both } = compareKeys(running(before), running(after));
  return [
    ...added.flatMap(([id, is]) => [
      ...comparePrivileges(nameOf(id, is), undefined, is),
      ...compareMounts(nameOf(id, is), undefined, is, () => false),
    ]),
    ...both.flatMap(([id, was, is]) => {
      const name = nameOf(id, is);
      const workload = kind === 'platform' ? id.replaceAll('_', '-') : undefined;
      const described = workload === undefined ? undefined : comparison.is.workloads[workload];
      const directories = [
        ...(described?.persistent ?? []),
        ...((workload && comparison.was.workloads[workload]?.persistent) || []),
      ];
      const reach = workload !== undefined && comparison.under('workloads', workload, 'connects').length > 0;
      return [
        ...comparePrivileges(name, was, is),
        ...(reach ? [] : compareMembership(name, was, is, [comparison.was.name, comparison.is.name])),
        ...compareMounts(name, resolved(was, before) as typeof was, resolved(is, after) as typeof is, (path) =>
          directories.some((directory) => directory.path === path),
        ),
        ...(workload === undefined
          ? []
          : compareContainer(workload, name, changedAttributes(was, before, is, after), comparison)),
      ];
    }),
  ];
}

/** Parts of a stack that are no resources and no variables: providers, versions, where the state is, outputs. */
function rest(before: Stack, after: Stack, name: string): Finding[] {
  const part = ({ terraform, output, ...others }: Stack) => ({
    terraform,
    output: Object.fromEntries(
      Object.entries(output).map(([id, { precondition: _told, '//': _remarks, ...fields }]) => [id, fields]),
    ),
    provider: others['provider'],
  });
  return changesBetween(part(before), part(after)).map(({ path, before: was, after: is }) =>
    other(
      'low',
      'terraform',
      `${code(pathText(path))} of the stack ${code(name)} changes from ${value(was)} to ${value(is)}`,
    ),
  );
}
