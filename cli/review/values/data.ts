import type { Deployment } from '../../../deployment/schema';
import { compareKeys } from '../changes';
import type { Comparison } from '../comparison';
import { code, type Finding, findingsOf } from '../finding';

const data = findingsOf('data');

/** What happens to data that outlives containers. */
export function compareData(comparison: Comparison): Finding[] {
  return [...renamed(comparison), ...destroyed(comparison), ...directories(comparison)];
}

/** Volumes of the persistent directories, by workload and path. */
const volumesOf = ({ name, workloads }: Deployment) =>
  new Map(
    Object.entries(workloads).flatMap(([workload, { persistent }]) =>
      persistent.map(
        (directory) =>
          [`${workload} ${directory.path}`, { workload, ...directory, volume: `${name}-${directory.name}` }] as const,
      ),
    ),
  );

/** What becomes of a volume that is not used any longer. */
const afterwards = ({ volumes: { keepOnDestroy } }: Deployment, volume: string) =>
  keepOnDestroy ? `${code(volume)} stays on the host, unused` : `**${code(volume)} is deleted with what it holds**`;

function renamed({ was, is }: Comparison): Finding[] {
  if (was.name === is.name) return [];
  const stateful = [...volumesOf(was).values()].map(({ volume }) => volume);
  const lost = stateful.map((volume) => afterwards(was, volume)).join(', ');
  return [
    data(
      'high',
      'renamed',
      `the deployment is called ${code(is.name)} instead of ${code(was.name)}: every container, network and volume is made anew, so ${databases(stateful)} without data${lost ? `; ${lost}` : ''}`,
      [['name']],
    ),
  ];
}

const databases = (volumes: readonly string[]) =>
  volumes.length === 1 ? 'the database starts' : `${volumes.length} databases start`;

function destroyed({ was, is }: Comparison): Finding[] {
  if (was.volumes.keepOnDestroy === is.volumes.keepOnDestroy) return [];
  const volumes = [...volumesOf(is).values()].map(({ volume }) => volume);
  const what = `the ${volumes.length === 1 ? 'database' : 'databases'} (${code(...volumes)})`;
  return [
    is.volumes.keepOnDestroy
      ? data(
          'info',
          'outlives-destroy',
          `${code('destroy')} no longer deletes ${what}; applying this deletes nothing`,
          [['volumes']],
        )
      : data(
          'high',
          'deleted-on-destroy',
          `${code('destroy')} now deletes ${what}, with every key, budget and record of spend; applying this deletes nothing yet`,
          [['volumes']],
        ),
  ];
}

function directories({ was, is }: Comparison): Finding[] {
  const { added, removed, both } = compareKeys(volumesOf(was), volumesOf(is));
  const path = (workload: string, name: string, ...field: string[]) => [
    ['workloads', workload, 'persistent', name, ...field],
  ];
  return [
    ...removed
      .filter(([, { workload }]) => is.workloads[workload])
      .map(([, { workload, name, path: at, volume }]) =>
        data(
          'high',
          'no-longer-persistent',
          `${code(`${is.name}-${workload}`)} no longer stores ${code(at)} on the volume ${code(volume)}: what it writes there is lost with the container; ${afterwards(was, volume)}`,
          path(workload, name),
        ),
      ),
    ...added
      .filter(([, { workload }]) => was.workloads[workload])
      .map(([, { workload, name, path: at, volume }]) =>
        data(
          'info',
          'persistent',
          `${code(`${is.name}-${workload}`)} stores ${code(at)} on the volume ${code(volume)}`,
          path(workload, name),
        ),
      ),
    ...both.flatMap(([, old, now]) => {
      const who = code(`${is.name}-${now.workload}`);
      return [
        ...(old.name === now.name
          ? []
          : [
              data(
                'high',
                'volume-moved',
                `${who} finds another volume at ${code(now.path)} (${code(now.volume)} instead of ${code(old.volume)}): it starts empty; ${afterwards(was, old.volume)}`,
                [...path(now.workload, now.name), ...path(now.workload, old.name)],
              ),
            ]),
        ...(old.sizeGb === now.sizeGb || old.name !== now.name
          ? []
          : [
              data(
                (now.sizeGb ?? Number.POSITIVE_INFINITY) < (old.sizeGb ?? 0) ? 'medium' : 'low',
                'size',
                `the volume ${code(now.volume)} is meant to hold ${now.sizeGb === undefined ? 'any amount' : `${now.sizeGb} GB`} instead of ${old.sizeGb === undefined ? 'any amount' : `${old.sizeGb} GB`}`,
                path(now.workload, now.name, 'sizeGb'),
              ),
            ]),
      ];
    }),
  ];
}
