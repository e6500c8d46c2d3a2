import { imageOf, running } from './container';
import { code, type Finding, findingsOf } from './finding';
import { compareKeys, resources, type Stack } from './synthesized';

const images = findingsOf('images');
const data = findingsOf('data');

/** What another image means: another version, another place, a floating tag, a database that must be moved. */
export function image(name: string, was: string, is: string): Finding[] {
  if (was === is) return [];
  const place = (value: string) => value.replace(/(@sha256:.*|:[^/:]*)$/, '');
  const elsewhere = place(was) !== place(is) ? ', from another place' : '';
  const database = /postgres/i.test(is) && major(was) !== major(is);
  return [
    images(elsewhere ? 'medium' : 'low', `${code(name)} runs ${code(is)} instead of ${code(was)}${elsewhere}`),
    ...(isPinned(is)
      ? []
      : [images('high', `${code(is)} of ${code(name)} is no fixed version: it changes without a diff`)]),
    ...(database
      ? [
          data(
            'high',
            `PostgreSQL ${major(is)} cannot read the files of PostgreSQL ${major(was)}: dump before, restore after`,
          ),
        ]
      : []),
  ];
}

const isPinned = (reference: string) => /@sha256:|:[^/:]*\d[^/:]*$/.test(reference) || reference.includes('${');

/** Images that only carry files, or from which others are built: no running container names them. */
export function helperImages(before: Stack, after: Stack): Finding[] {
  const used = new Set([...running(after).values()].map((container) => imageOf(container, after)));
  const names = (stack: Stack) =>
    new Map([...resources(stack, 'docker_image')].map(([id, { name }]) => [id, String(name)]));
  return compareKeys(names(before), names(after)).both.flatMap(([id, was, is]) =>
    used.has(is) ? [] : image(id, was, is),
  );
}

const major = (reference: string) => /:v?(\d+)/.exec(reference)?.[1] ?? '?';
