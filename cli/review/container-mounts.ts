import { code, type Finding, findingsOf } from './finding';
import { type Attributes, blocks, compareKeys } from './synthesized';

const privileges = findingsOf('privileges');
const data = findingsOf('data');

interface Mount {
  readonly target: string;
  readonly source: string;
  readonly readOnly: boolean;
}

/** Both ways Docker's provider has of writing a mount. */
function mountsOf(container: Attributes): Map<string, Mount> {
  const all = [
    ...blocks(container['mounts']).map((block) => ({
      target: String(block['target']),
      source: String(block['source'] ?? ''),
      readOnly: block['read_only'] === true,
    })),
    ...blocks(container['volumes']).map((block) => ({
      target: String(block['container_path']),
      source: String(block['host_path'] ?? block['volume_name'] ?? ''),
      readOnly: block['read_only'] === true,
    })),
  ];
  return new Map(all.map((mount) => [mount.target, mount]));
}

/** Folders of the host, sockets and volumes that a container gains or loses. */
export function mounts(name: string, was: Attributes, is: Attributes): Finding[] {
  const { added, removed, both } = compareKeys(mountsOf(was), mountsOf(is));
  const socket = (mount: Mount) => /docker\.sock|containerd\.sock/.test(mount.source);
  const appeared = (mount: Mount): Finding[] => {
    if (socket(mount))
      return [privileges('high', `${code(name)} gets the Docker socket: it can do everything on the host`)];
    if (mount.source.startsWith('/'))
      return [
        privileges(
          'high',
          `${code(name)} gets ${code(mount.source)} of the host${mount.readOnly ? ', to read' : ', to write'}`,
        ),
      ];
    return [];
  };
  return [
    ...added.flatMap(([, mount]) => appeared(mount)),
    ...removed
      .filter(([, mount]) => !mount.source.startsWith('/') && !mount.readOnly)
      .map(([target, mount]) =>
        data(
          'high',
          `${code(name)} no longer keeps ${code(target)} on the volume ${code(mount.source)}: what it writes there is lost with the container`,
        ),
      ),
    ...both.flatMap(([target, old, now]) => [
      ...(old.source === now.source
        ? []
        : [
            ...appeared(now),
            data(
              'high',
              `${code(name)} finds another volume at ${code(target)} (${code(now.source)} instead of ${code(old.source)}): it starts empty`,
            ),
          ]),
      ...(old.readOnly && !now.readOnly ? [privileges('medium', `${code(name)} may write to ${code(target)}`)] : []),
    ]),
  ];
}
