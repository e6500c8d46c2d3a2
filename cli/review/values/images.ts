import type { Path } from '../changes';
import type { Comparison } from '../comparison';
import { code, type Finding, findingsOf } from '../finding';

const images = findingsOf('images');
const data = findingsOf('data');

/** What other images mean: another version, another place, a floating tag, a database whose files must be moved. */
export function compareImages(comparison: Comparison): Finding[] {
  const { was, is } = comparison;
  const names = [...new Set([...Object.keys(was.images), ...Object.keys(is.images)])];
  const running = (name: string) =>
    Object.keys(is.workloads).find((workload) => workload.replaceAll('-', '_') === name);
  const pinned = names.flatMap((name) => {
    const [old, now] = [was.images[name], is.images[name]];
    const workload = running(name);
    const paths = [
      ...comparison.paths('images', name),
      ...comparison.paths('workspace', name === 'workspace' ? 'image' : 'none'),
      ...(workload ? comparison.paths('workloads', workload, 'image') : []),
      ...(name === 'postgres' ? comparison.paths('workloads', 'coder-postgres', 'image') : []),
      ...(name === 'node' ? comparison.paths('workloads', '*', 'image', 'baseImage') : []),
    ];
    // An image that came or went comes or goes with what runs it.
    if (old === undefined || now === undefined || old === now) return [];
    return replaced(workload ? `${is.name}-${workload}` : name, old, now, paths);
  });
  return [...pinned, ...builtOrPulled(comparison)];
}

function replaced(name: string, old: string, now: string, paths: readonly Path[]): Finding[] {
  const place = (reference: string) => reference.replace(/(@sha256:.*|:[^/:]*)$/, '');
  const elsewhere = place(old) !== place(now) ? ', from another place' : '';
  const database = /postgres/i.test(now) && major(old) !== major(now);
  return [
    images(
      elsewhere ? 'medium' : 'low',
      'changed',
      `${code(name)} runs ${code(now)} instead of ${code(old)}${elsewhere}`,
      paths,
    ),
    ...(isPinned(now)
      ? []
      : [images('high', 'floating', `${code(now)} of ${code(name)} is no fixed version: it changes without a diff`)]),
    ...(database
      ? [
          data(
            'high',
            'database-version',
            `PostgreSQL ${major(now)} cannot read the files of PostgreSQL ${major(old)}: dump before, restore after`,
          ),
        ]
      : []),
  ];
}

/** A workload whose image is built here now, or no longer. */
function builtOrPulled({ was, is }: Comparison): Finding[] {
  return Object.entries(is.workloads).flatMap(([name, { image: now }]) => {
    const old = was.workloads[name]?.image;
    if (!old || old.kind === now.kind) return [];
    const text = (image: typeof now) =>
      image.kind === 'build' ? `an image built from ${code(`images/${image.folder}`)}` : code(image.reference);
    return [
      images('medium', 'changed', `${code(`${is.name}-${name}`)} runs ${text(now)} instead of ${text(old)}`, [
        ['workloads', name, 'image'],
        ['images', name.replaceAll('-', '_')],
      ]),
    ];
  });
}

const isPinned = (reference: string) => /@sha256:|:[^/:]*\d[^/:]*$/.test(reference);
const major = (reference: string) => /:v?(\d+)/.exec(reference)?.[1] ?? '?';
