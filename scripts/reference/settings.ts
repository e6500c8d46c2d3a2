import { catalog } from '../../catalog/catalog';
import { settingsJsonSchema } from '../../settings/json-schema';

interface Node {
  type?: string;
  description?: string;
  properties?: Record<string, Node>;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Node[];
  items?: Node;
  default?: unknown;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  format?: string;
}

/** `docs/reference/settings.md`: every setting of `gateway.yaml`, from its zod type. */
export function settingsReference(): string {
  const root = settingsJsonSchema() as Node;
  const sections = Object.entries(root.properties ?? {}).map(([name, node]) => section(name, node));
  return [
    '# Settings: `gateway.yaml`',
    '',
    'Generated from `settings/schema.ts` by `npm run reference`. Everything has a default; an unknown key or a wrong value is refused',
    'with its path, the value, what is allowed and the nearest word. `gateway.schema.json` gives editors completion.',
    '',
    sections.join('\n\n'),
    '',
  ].join('\n');
}

function section(name: string, node: Node): string {
  const rows = leaves(name, node).map(([path, leaf]) =>
    row(
      `\`${path}\``,
      allowed(leaf),
      leaf.default === undefined ? '–' : `\`${JSON.stringify(leaf.default)}\``,
      leaf.description ?? '',
    ),
  );
  return [
    `## ${name}`,
    '',
    ...(node.properties && node.description ? [node.description, ''] : []),
    row('setting', 'allowed', 'default', 'meaning'),
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

const row = (...cells: string[]) =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;

function leaves(path: string, node: Node): [string, Node][] {
  if (!node.properties) return [[path, node]];
  return Object.entries(node.properties).flatMap(([name, inner]) => leaves(`${path}.${name}`, inner));
}

function allowed(node: Node): string {
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.enum?.length === catalog.length && catalog.every(({ name }) => node.enum?.includes(name)))
    return 'a catalog name';
  if (node.enum) return node.enum.map((word) => `\`${String(word)}\``).join(', ');
  if (node.anyOf) return [...new Set(node.anyOf.map(allowed))].join(' or ');
  if (node.type === 'array') return `a list of ${allowed(node.items ?? {}).replace('a catalog name', 'catalog names')}`;
  if (node.type === 'integer' || node.type === 'number') {
    const least =
      node.minimum !== undefined
        ? `${node.minimum}`
        : node.exclusiveMinimum !== undefined
          ? `more than ${node.exclusiveMinimum}`
          : '';
    return [
      node.type === 'integer' ? 'whole number' : 'number',
      least && node.maximum ? `${least} to ${node.maximum}` : least,
    ]
      .filter(Boolean)
      .join(', ');
  }
  if (node.type === 'boolean') return '`true`, `false`';
  return node.format ? node.format.replace('uri', 'URL') : 'text';
}
