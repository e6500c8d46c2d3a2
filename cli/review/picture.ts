import { type Attributes, blocks, imageOf, nameOf, resources, running, type Stack } from './terraform/stack';

/** What of a picture is marked as new or changed. */
export interface Marks {
  readonly fresh: ReadonlySet<string>;
}

/** A Mermaid picture of a stack: containers on their networks, volumes, published ports. */
export function picture(stack: Stack, marks: Marks = { fresh: new Set() }): string {
  const containers = [...running(stack)];
  const networks = [...resources(stack, 'docker_network')];
  const lines = ['flowchart LR'];
  const fresh: string[] = [];
  for (const [id, container] of containers) {
    const image = imageOf(container, stack)
      .replace(/@sha256:([0-9a-f]{8})[0-9a-f]*/, '@$1…')
      .split('/')
      .at(-1);
    lines.push(`  ${node('c', id)}["${text(nameOf(id, container))}<br/><small>${text(image ?? '')}</small>"]`);
    if (marks.fresh.has(`docker_container.${id}`)) fresh.push(node('c', id));
  }
  for (const [id, network] of networks) {
    lines.push(
      `  ${node('n', id)}{{"${text(nameOf(id, network))}${network['internal'] === true ? '<br/><small>no way out</small>' : ''}"}}`,
    );
    if (marks.fresh.has(`docker_network.${id}`)) fresh.push(node('n', id));
  }
  for (const [id, container] of containers) {
    for (const network of networkIds(container)) lines.push(`  ${node('c', id)} --- ${node('n', network)}`);
    for (const port of blocks(container['ports'])) {
      const ip = String(port['ip'] ?? '0.0.0.0');
      const open = !/^(127\.|::1$)/.test(ip);
      lines.push(
        `  ${open ? 'world(("other machines"))' : 'host(("this host"))'} -- "${text(`${ip}:${port['external'] ?? '?'}`)}" --> ${node('c', id)}`,
      );
    }
    for (const [target, volume] of volumesOf(container))
      lines.push(`  ${node('c', id)} -. "${text(target)}" .- ${node('v', volume)}[("${text(volume)}")]`);
  }
  if (fresh.length > 0)
    lines.push('  classDef fresh stroke:#b45309,stroke-width:3px', `  class ${fresh.join(',')} fresh`);
  return lines.join('\n');
}

/** Resources of `after` that are not the same in `before`. */
export function freshIn(before: Stack, after: Stack): Set<string> {
  const all = (stack: Stack) =>
    ['docker_container', 'docker_network'].flatMap((type) =>
      [...resources(stack, type)].map(([id, value]) => [`${type}.${id}`, JSON.stringify(value)] as const),
    );
  const old = new Map(all(before));
  return new Set(
    all(after)
      .filter(([address, value]) => old.get(address) !== value)
      .map(([address]) => address),
  );
}

const node = (kind: string, id: string) => `${kind}_${id.replace(/\W/g, '_')}`;
/** Mermaid has no escapes but HTML's. */
const text = (value: string) =>
  value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const networkIds = (container: Attributes) =>
  blocks(container['networks_advanced']).flatMap(
    (block) => /docker_network\.([\w-]+)\./.exec(String(block['name']))?.[1] ?? [],
  );

/** Named volumes a container writes to; what is only read are its files. */
function volumesOf(container: Attributes): [string, string][] {
  const plain = (source: unknown) => String(source ?? '').replace(/^\$\{docker_volume\.([\w-]+)\.\w+\}$/, '$1');
  return [
    ...blocks(container['mounts'])
      .filter((block) => block['type'] === 'volume' && block['read_only'] !== true)
      .map((block): [string, string] => [String(block['target']), plain(block['source'])]),
    ...blocks(container['volumes'])
      .filter((block) => block['volume_name'] && block['read_only'] !== true)
      .map((block): [string, string] => [String(block['container_path']), plain(block['volume_name'])]),
  ];
}
