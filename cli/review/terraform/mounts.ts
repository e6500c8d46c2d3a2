import { compareKeys } from '../changes';
import { code, type Finding, findingsOf } from '../finding';
import { type Attributes, blocks } from './stack';

const privileges = findingsOf('privileges');
const data = findingsOf('data');

interface Mount {
  readonly source: string;
  readonly readOnly: boolean;
}

/** Both ways Docker's provider has of writing a mount, by the path in the container. */
function mountsOf(container: Attributes | undefined): Map<string, Mount> {
  const mount = (source: unknown, block: Attributes): Mount => ({
    source: String(source ?? ''),
    readOnly: block['read_only'] === true,
  });
  return new Map([
    ...blocks(container?.['mounts']).map((block) => [String(block['target']), mount(block['source'], block)] as const),
    ...blocks(container?.['volumes']).map(
      (block) => [String(block['container_path']), mount(block['host_path'] ?? block['volume_name'], block)] as const,
    ),
  ]);
}

/**
 * Folders of the host, sockets and volumes that a container gains or loses.
 *
 * @param is references {@link resolved}, like `was`
 * @param told paths in the container whose volumes the description tells of
 */
export function compareMounts(
  name: string,
  was: Attributes | undefined,
  is: Attributes,
  told: (path: string) => boolean,
): Finding[] {
  const { added, removed, both } = compareKeys(mountsOf(was), mountsOf(is));
  return [
    ...added.flatMap(([, mount]) => fromHost(name, mount)),
    ...removed
      .filter(([path, mount]) => !mount.source.startsWith('/') && !mount.readOnly && !told(path))
      .map(([path, mount]) =>
        data(
          'high',
          'no-longer-persistent',
          `${code(name)} no longer stores ${code(path)} on the volume ${code(mount.source)}: what it writes there is lost with the container`,
        ),
      ),
    ...both.flatMap(([path, old, now]) => [
      ...(old.source === now.source ? [] : fromHost(name, now)),
      ...(old.source === now.source || told(path) || (old.readOnly && now.readOnly)
        ? []
        : [
            data(
              'high',
              'volume-moved',
              `${code(name)} finds another volume at ${code(path)} (${code(now.source)} instead of ${code(old.source)}): it starts empty`,
            ),
          ]),
      ...(old.readOnly && !now.readOnly
        ? [privileges('medium', 'mount', `${code(name)} may write to ${code(path)}`)]
        : []),
    ]),
  ];
}

function fromHost(name: string, { source, readOnly }: Mount): Finding[] {
  if (/docker\.sock|containerd\.sock|podman\.sock/.test(source))
    return [privileges('high', 'socket', `${code(name)} gets the Docker socket: it can do everything on the host`)];
  if (!source.startsWith('/')) return [];
  return [
    privileges(
      'high',
      'host',
      `${code(name)} gets ${code(source)} of the host, to ${readOnly ? 'read' : 'read and write'}`,
    ),
  ];
}
