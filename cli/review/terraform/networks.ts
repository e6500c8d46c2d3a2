import { compareKeys } from '../changes';
import { code, type Finding, findingsOf } from '../finding';
import { type Attributes, blocks, nameOf, resources, type Stack } from './stack';

const network = findingsOf('network');

/** What changes about a stack's networks, by their names in the stack. */
export function compareNetworks(before: Stack, after: Stack): Finding[] {
  const { added, removed, both } = compareKeys(resources(before, 'docker_network'), resources(after, 'docker_network'));
  return [
    ...added.map(([id, is]) =>
      network(
        'low',
        'network-added',
        `a new network ${code(nameOf(id, is))}${is['internal'] === true ? ', without a way out' : ', with a way out'}`,
      ),
    ),
    ...removed.map(([id, was]) =>
      network('medium', 'network-removed', `the network ${code(nameOf(id, was))} is removed`),
    ),
    ...both.flatMap(([id, was, is]) => wayOut(nameOf(id, is), was['internal'] === true, is['internal'] === true)),
  ];
}

function wayOut(name: string, was: boolean, is: boolean): Finding[] {
  if (was === is) return [];
  return [
    is
      ? network('medium', 'network-way-out', `the network ${code(name)} loses its way out`)
      : network(
          'high',
          'network-way-out',
          `the network ${code(name)} gets a way out: its containers reach the internet, and the host reaches them`,
        ),
  ];
}

/** Networks that a container joined or left; those of a deployment that was renamed are the same. */
export function compareMembership(
  name: string,
  was: Attributes,
  is: Attributes,
  deployments: readonly string[],
): Finding[] {
  const ids = (container: Attributes) =>
    attached(container).map((id) => {
      const prefix = deployments.find((deployment) => id.startsWith(`${deployment}-`));
      return prefix ? id.slice(prefix.length + 1) : id;
    });
  const [old, now] = [ids(was), ids(is)];
  return [
    ...now
      .filter((id) => !old.includes(id))
      .map((id) => {
        const database = /database|postgres/i.test(id);
        return network(
          database ? 'high' : 'medium',
          'network-joined',
          `${code(name)} joins the network ${code(id)}${database ? ': it can reach the database' : ''}`,
        );
      }),
    ...old
      .filter((id) => !now.includes(id))
      .map((id) => network('medium', 'network-left', `${code(name)} leaves the network ${code(id)}`)),
  ];
}

/** Ids in the stack, or names, of the networks a container is on. */
const attached = (container: Attributes): string[] =>
  blocks(container['networks_advanced']).map((block) =>
    String(block['name']).replace(/^\$\{docker_network\.([\w-]+)(?:\[0\])?\.\w+\}$/, '$1'),
  );
