import { code, type Finding, findingsOf } from './finding';
import { type Attributes, blocks } from './synthesized';

const network = findingsOf('network');

const isLoopback = (ip: string) => /^(127\.|::1$|\[::1\]$)/.test(ip);
const port = (block: Attributes) => `${block['ip'] ?? '0.0.0.0'}:${block['external'] ?? 'any'}→${block['internal']}`;

/** Ports opened and closed on the host. */
export function ports(name: string, was: readonly Attributes[], is: readonly Attributes[]): Finding[] {
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

/** Networks joined and left. */
export function networks(name: string, was: Attributes, is: Attributes): Finding[] {
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
