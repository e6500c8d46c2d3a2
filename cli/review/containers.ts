import { imageOf, nameOf, running } from './container';
import { environment } from './container-environment';
import { helperImages, image } from './container-image';
import { mounts } from './container-mounts';
import { networks, ports } from './container-network';
import { hardening } from './container-privileges';
import { code, type Finding, findingsOf } from './finding';

import { type Attributes, blocks, compareKeys, type Stack, same } from './synthesized';

const plain = findingsOf('resources');

/** Changes of these make Docker's provider replace the container: a short interruption. */
const REPLACING = [
  'image',
  'env',
  'upload',
  'networks_advanced',
  'labels',
  'command',
  'entrypoint',
  'mounts',
  'ports',
  'user',
  'capabilities',
  'read_only',
  'tmpfs',
  'security_opts',
  'host',
];

/** What changes about the containers of a stack: privileges, ports, networks, images, volumes, secrets. */
export function compareContainers(before: Stack, after: Stack): Finding[] {
  const { added, removed, both } = compareKeys(running(before), running(after));
  return [
    ...helperImages(before, after),
    ...removed.map(([id, was]) => plain('medium', `the container ${code(nameOf(id, was))} is removed`)),
    ...added.flatMap(([id, is]) => [
      plain('low', `a new container: ${code(nameOf(id, is))}`),
      ...hardening(nameOf(id, is), {}, is, true),
      ...ports(nameOf(id, is), [], blocks(is['ports'])),
      ...mounts(nameOf(id, is), {}, is),
    ]),
    ...both.flatMap(([id, was, is]) => {
      const name = nameOf(id, is);
      return [
        ...image(name, imageOf(was, before), imageOf(is, after)),
        ...hardening(name, was, is, false),
        ...ports(name, blocks(was['ports']), blocks(is['ports'])),
        ...networks(name, was, is),
        ...mounts(name, was, is),
        ...environment(name, was, is),
        ...resourcesOf(name, was, is),
        ...replaced(name, was, is),
      ];
    }),
  ];
}

function resourcesOf(name: string, was: Attributes, is: Attributes): Finding[] {
  const found: Finding[] = [];
  const [old, now] = [was['memory'] as number | undefined, is['memory'] as number | undefined];
  if (old !== now) {
    const text =
      now === undefined
        ? 'no longer has a memory limit: it can take all memory of the host'
        : `may use ${now} MB of memory instead of ${old === undefined ? 'any amount' : `${old} MB`}`;
    const less = old !== undefined && now !== undefined && now < old;
    found.push(plain(now === undefined ? 'high' : less ? 'medium' : 'info', `${code(name)} ${text}`));
  }
  if (!same(was['healthcheck'], is['healthcheck'])) {
    found.push(
      plain(
        is['healthcheck'] === undefined ? 'medium' : 'info',
        `the health check of ${code(name)} ${is['healthcheck'] === undefined ? 'is gone' : 'changes'}`,
      ),
    );
  }
  if (!same(was['restart'], is['restart']))
    found.push(
      plain(
        'low',
        `${code(name)} is restarted ${code(is['restart'] ?? 'never')} instead of ${code(was['restart'] ?? 'never')}`,
      ),
    );
  return found;
}

function replaced(name: string, was: Attributes, is: Attributes): Finding[] {
  const because = REPLACING.filter((attribute) => !same(was[attribute], is[attribute]));
  return because.length > 0
    ? [plain('info', `${code(name)} will be replaced (${because.join(', ')} changed): a short interruption`)]
    : [];
}
