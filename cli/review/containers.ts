import { code, type Finding, findingsOf, type Severity } from './finding';
import { type Attributes, blocks, compareKeys, resources, type Stack, same } from './synthesized';

const privileges = findingsOf('privileges');
const network = findingsOf('network');
const images = findingsOf('images');
const data = findingsOf('data');
const secrets = findingsOf('secrets');
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

/** Containers that never start only carry files; a change of those shows at the container that reads them. */
export const running = (stack: Stack): Map<string, Attributes> =>
  new Map([...resources(stack, 'docker_container')].filter(([, container]) => container['must_run'] !== false));

export const nameOf = (id: string, attributes: Attributes) =>
  typeof attributes['name'] === 'string' && !attributes['name'].includes('${') ? attributes['name'] : id;

/** The image itself behind a reference to `docker_image.<id>`. */
export function imageOf(container: Attributes, stack: Stack): string {
  const reference = String(container['image'] ?? '');
  const id = /docker_image\.([\w-]+)\./.exec(reference)?.[1];
  const named = id ? resources(stack, 'docker_image').get(id)?.['name'] : undefined;
  return String(named ?? reference);
}

function image(name: string, was: string, is: string): Finding[] {
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
function helperImages(before: Stack, after: Stack): Finding[] {
  const used = new Set([...running(after).values()].map((container) => imageOf(container, after)));
  const names = (stack: Stack) =>
    new Map([...resources(stack, 'docker_image')].map(([id, { name }]) => [id, String(name)]));
  return compareKeys(names(before), names(after)).both.flatMap(([id, was, is]) =>
    used.has(is) ? [] : image(id, was, is),
  );
}

const major = (reference: string) => /:v?(\d+)/.exec(reference)?.[1] ?? '?';
const list = (value: unknown) =>
  Array.isArray(value) ? value.map(String) : value === undefined || value === null ? [] : [String(value)];
const capabilities = (container: Attributes, which: 'add' | 'drop') =>
  blocks(container['capabilities']).flatMap((block) => list(block[which]));

function hardening(name: string, was: Attributes, is: Attributes, isNew: boolean): Finding[] {
  const found: Finding[] = [];
  const say = (severity: Severity, text: string) => found.push(privileges(severity, `${code(name)} ${text}`));
  if (is['privileged'] === true && was['privileged'] !== true)
    say('high', 'runs privileged: whoever breaks out of it owns the host');
  for (const capability of capabilities(is, 'add').filter((entry) => !capabilities(was, 'add').includes(entry)))
    say('high', `gets the capability ${code(capability)}`);
  const drops = (container: Attributes) => capabilities(container, 'drop').includes('ALL');
  const confined = (container: Attributes) =>
    list(container['security_opts']).some((option) => option.startsWith('no-new-privileges'));
  const root = (container: Attributes) => /^(root|0)(:|$)/.test(String(container['user'] ?? ''));
  if (root(is) && !root(was)) say('high', 'runs as root');
  for (const mode of ['network_mode', 'pid_mode', 'ipc_mode', 'userns_mode'])
    if (is[mode] === 'host' && was[mode] !== 'host') say('high', `shares the host's ${mode.replace('_mode', '')}`);
  if (isNew) return found;
  if (drops(was) && !drops(is)) say('high', 'keeps capabilities it dropped until now');
  if (confined(was) && !confined(is)) say('high', 'may gain privileges (no `no-new-privileges`)');
  if (was['user'] && !is['user']) say('high', `runs as whatever user its image says, instead of ${code(was['user'])}`);
  if (was['read_only'] === true && is['read_only'] !== true) say('medium', 'may write to its root file system');
  if (!drops(was) && drops(is)) say('info', 'drops all capabilities');
  if (was['read_only'] !== true && is['read_only'] === true) say('info', 'has a read-only root file system');
  return found;
}

const isLoopback = (ip: string) => /^(127\.|::1$|\[::1\]$)/.test(ip);
const port = (block: Attributes) => `${block['ip'] ?? '0.0.0.0'}:${block['external'] ?? 'any'}→${block['internal']}`;

function ports(name: string, was: readonly Attributes[], is: readonly Attributes[]): Finding[] {
  const known = new Set(was.map(port));
  const opened = is.filter((block) => !known.has(port(block)));
  const closed = was.filter((block) => !is.some((other) => port(other) === port(block)));
  return [
    ...opened.map((block) => {
      const open = !isLoopback(String(block['ip'] ?? '0.0.0.0'));
      return network(
        open ? 'high' : 'low',
        `${code(name)} publishes ${code(port(block))}${open ? ': reachable from other machines' : ''}`,
      );
    }),
    ...closed.map((block) => network('low', `${code(name)} no longer publishes ${code(port(block))}`)),
  ];
}

const attached = (container: Attributes) =>
  blocks(container['networks_advanced']).map((block) =>
    String(block['name']).replace(/^\$\{docker_network\.([\w-]+)\.\w+\}$/, '$1'),
  );

function networks(name: string, was: Attributes, is: Attributes): Finding[] {
  const [old, now] = [attached(was), attached(is)];
  return [
    ...now
      .filter((id) => !old.includes(id))
      .map((id) =>
        network(
          /database|postgres/i.test(id) ? 'high' : 'medium',
          `${code(name)} joins the network ${code(id)}${/database|postgres/i.test(id) ? ': it can reach the database' : ''}`,
        ),
      ),
    ...old
      .filter((id) => !now.includes(id))
      .map((id) => network('medium', `${code(name)} leaves the network ${code(id)}`)),
  ];
}

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

function mounts(name: string, was: Attributes, is: Attributes): Finding[] {
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

function environment(name: string, was: Attributes, is: Attributes): Finding[] {
  const parse = (container: Attributes) =>
    new Map(
      list(container['env']).map((entry) => [entry.split('=', 1)[0] as string, entry.slice(entry.indexOf('=') + 1)]),
    );
  const { added, removed, both } = compareKeys(parse(was), parse(is));
  const secret = (value: string) => /\$\{[^}]*var\./.test(value);
  return [
    ...added
      .filter(([, value]) => secret(value))
      .map(([key, value]) =>
        secrets('medium', `${code(name)} is given the secret ${code(...variablesOf(value))} as ${code(key)}`),
      ),
    ...both
      .filter(([, old, now]) => old !== now && secret(now))
      .map(([key, , now]) =>
        secrets('medium', `${code(key)} of ${code(name)} now comes from ${code(...variablesOf(now))}`),
      ),
    ...added
      .filter(([, value]) => !secret(value))
      .map(([key]) => plain('low', `${code(name)} gets the setting ${code(key)}`)),
    ...removed.map(([key]) => plain('low', `${code(name)} loses the setting ${code(key)}`)),
    ...both
      .filter(([, old, now]) => old !== now && !secret(now))
      .map(([key]) => plain('low', `the setting ${code(key)} of ${code(name)} changes`)),
  ];
}

const variablesOf = (value: string) => [...value.matchAll(/var\.(\w+)/g)].map(([, variable]) => variable);

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
