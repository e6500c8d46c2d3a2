import { compareKeys, same } from '../changes';
import { code, type Finding, findingsOf } from '../finding';
import { type Attributes, nameOf, resources, type Stack } from './stack';

const data = findingsOf('data');

/** Volumes of a stack that the next apply deletes or that nothing protects any longer. */
export function compareVolumes(before: Stack, after: Stack): Finding[] {
  const { removed, both } = compareKeys(resources(before, 'docker_volume'), resources(after, 'docker_volume'));
  // Terraform lets go of these instead of deleting them.
  const forgotten = new Set(
    (after.removed ?? []).filter(({ lifecycle }) => lifecycle?.destroy === false).map(({ from }) => from),
  );
  const files = (id: string) => id.endsWith('_files');
  return [
    ...removed
      .filter(([id]) => !forgotten.has(`docker_volume.${id}`) && !files(id))
      .map(([id, was]) =>
        data('high', 'volume-deleted', `the volume ${code(nameOf(id, was))} is deleted: **what it holds is lost**`),
      ),
    ...both.flatMap(([id, was, is]) => [...replaced(id, was, is, files(id)), ...unprotected(id, was, is)]),
  ];
}

/** The provider changes nothing about a volume in place. */
function replaced(id: string, was: Attributes, is: Attributes, files: boolean): Finding[] {
  const lifecycle = is['lifecycle'] as { ignore_changes?: unknown } | undefined;
  const because = ['name', 'driver', 'driver_opts', 'labels'].filter(
    (attribute) => !same(was[attribute], is[attribute]),
  );
  // What a container's files are uploaded to is filled again.
  if (because.length === 0 || files || lifecycle?.ignore_changes !== undefined) return [];
  return [
    data(
      'high',
      'volume-replaced',
      `the volume ${code(nameOf(id, was))} is replaced${was['name'] === is['name'] ? '' : ` by ${code(nameOf(id, is))}`} (${because.join(', ')} changed): **what it holds is lost**`,
    ),
  ];
}

function unprotected(id: string, was: Attributes, is: Attributes): Finding[] {
  const lifecycle = (attributes: Attributes) =>
    attributes['lifecycle'] as { prevent_destroy?: boolean; ignore_changes?: unknown } | undefined;
  return [
    ...(lifecycle(was)?.prevent_destroy === true && lifecycle(is)?.prevent_destroy !== true
      ? [data('high', 'unprotected', `the volume ${code(nameOf(id, is))} is no longer protected from being destroyed`)]
      : []),
    ...(lifecycle(was)?.ignore_changes !== undefined && lifecycle(is)?.ignore_changes === undefined
      ? [
          data(
            'high',
            'unprotected',
            `a change of the volume ${code(nameOf(id, is))} now replaces it, and what it holds is lost`,
          ),
        ]
      : []),
  ];
}
