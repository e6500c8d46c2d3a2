import { nameOf } from './container';
import { code, type Finding, findingsOf } from './finding';
import { compareKeys, resources, type Stack } from './synthesized';

const network = findingsOf('network');
const data = findingsOf('data');

/** What changes about a stack's networks and volumes. */
export function compareNetworksAndVolumes(before: Stack, after: Stack): Finding[] {
  return [...networks(before, after), ...volumes(before, after)];
}

function networks(before: Stack, after: Stack): Finding[] {
  const { added, removed, both } = compareKeys(resources(before, 'docker_network'), resources(after, 'docker_network'));
  return [
    ...added.map(([id, is]) =>
      network(
        'low',
        `a new network ${code(nameOf(id, is))}${is['internal'] === true ? ', without a way out' : ', with a way out'}`,
      ),
    ),
    ...removed.map(([id, was]) => network('medium', `the network ${code(nameOf(id, was))} is removed`)),
    ...both.flatMap(([id, was, is]) => {
      const name = code(nameOf(id, is));
      if (was['internal'] === true && is['internal'] !== true)
        return [
          network(
            'high',
            `the network ${name} gets a way out: its containers reach the internet, and the host reaches them`,
          ),
        ];
      if (was['internal'] !== true && is['internal'] === true)
        return [network('medium', `the network ${name} loses its way out`)];
      return was['name'] === is['name']
        ? []
        : [
            network(
              'medium',
              `the network ${code(was['name'])} is replaced by ${name}, and with it every container on it`,
            ),
          ];
    }),
  ];
}

function volumes(before: Stack, after: Stack): Finding[] {
  const { removed, both } = compareKeys(resources(before, 'docker_volume'), resources(after, 'docker_volume'));
  const kept = (attributes: Record<string, unknown>) =>
    (attributes['lifecycle'] as { prevent_destroy?: boolean } | undefined)?.prevent_destroy === true;
  return [
    ...removed.map(([id, was]) =>
      data('high', `the volume ${code(nameOf(id, was))} is removed: **what it holds is lost**`),
    ),
    ...both.flatMap(([id, was, is]) => [
      ...(was['name'] === is['name']
        ? []
        : [
            data(
              'high',
              `the volume ${code(was['name'])} is replaced by ${code(is['name'])}: **what it holds is lost**`,
            ),
          ]),
      ...(kept(was) && !kept(is)
        ? [data('high', `the volume ${code(nameOf(id, is))} is no longer protected from being destroyed`)]
        : []),
    ]),
  ];
}
