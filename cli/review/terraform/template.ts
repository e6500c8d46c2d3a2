import { changesBetween, compareKeys, pathText } from '../changes';
import type { Comparison } from '../comparison';
import { code, type Finding, findingsOf } from '../finding';
import { changedAttributes, replaces } from './replaced';
import { resources, running } from './stack';

const template = findingsOf('template');

/**
 * What changes about the resources of every workspace. They are made anew at each start, so nothing is replaced while it runs.
 *
 * @param told whether another finding tells of the template
 */
export function compareTemplateResources({ before, after }: Comparison, told: boolean): Finding[] {
  const [was, is] = [before.template, after.template];
  const { added, removed, both } = compareKeys(running(was), running(is));
  const types = [...new Set([...Object.keys(was.resource), ...Object.keys(is.resource)])];
  const changed = [
    ...both.flatMap(([id, old, now]) => {
      const attributes = changedAttributes(old, was, now, is);
      return attributes.length > 0
        ? [`${code(id)} (${(replaces(attributes).length > 0 ? replaces(attributes) : attributes).join(', ')})`]
        : [];
    }),
    ...types
      .filter((type) => type !== 'docker_container')
      .flatMap((type) =>
        changesBetween(Object.fromEntries(resources(was, type)), Object.fromEntries(resources(is, type))).map(
          ({ path }) => code(pathText([type, ...path])),
        ),
      ),
    ...(before.form === after.form ? [] : [code('params.tf')]),
  ];
  return [
    ...added.map(([id]) => template('low', 'container-added', `every workspace gets a new container: ${code(id)}`)),
    ...removed.map(([id]) =>
      template('medium', 'container-removed', `workspaces no longer have the container ${code(id)}`),
    ),
    ...(changed.length > 0
      ? [
          template(
            told ? 'info' : 'low',
            'resources',
            `the workspace template changes: ${[...new Set(changed)].join(', ')}; it applies the next time a workspace starts, once the template is pushed`,
          ),
        ]
      : []),
  ];
}
