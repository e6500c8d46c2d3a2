import { z } from 'zod';

/** A synthesized stack, `cdk.tf.json`, as far as it is looked at. Lenient: the base may be older than this checkout. */
export const stackSchema = z.looseObject({
  resource: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  variable: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  output: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  terraform: z.record(z.string(), z.unknown()).default({}),
  removed: z
    .array(
      z.looseObject({ from: z.string(), lifecycle: z.looseObject({ destroy: z.boolean().optional() }).optional() }),
    )
    .optional(),
});
export type Stack = z.infer<typeof stackSchema>;
export type Attributes = Record<string, unknown>;

/** A block that Terraform's JSON writes as one object or as a list of them. */
export const blocks = (value: unknown): Attributes[] =>
  (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]) as Attributes[];

/** One value or a list of them, as text. */
export const list = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : value === undefined || value === null ? [] : [String(value)];

/** Resources of one type, by their name in the stack, without cdktf's own remarks. */
export const resources = (stack: Stack, type: string): Map<string, Attributes> =>
  new Map(
    Object.entries(stack.resource[type] ?? {}).map(([id, { '//': _remarks, ...attributes }]) => [id, attributes]),
  );

/** Containers that never start only carry files; a change of those shows at the container that reads them. */
export const running = (stack: Stack): Map<string, Attributes> =>
  new Map([...resources(stack, 'docker_container')].filter(([, container]) => container['must_run'] !== false));

export const nameOf = (id: string, attributes: Attributes): string =>
  typeof attributes['name'] === 'string' && !attributes['name'].includes('${') ? attributes['name'] : id;

/** The image itself behind a reference to `docker_image.<id>`. */
export const imageOf = (container: Attributes, stack: Stack): string =>
  String(resolved(String(container['image'] ?? ''), stack));

/**
 * A value with every reference to an image, volume or network of the stack in place of its name, and of a network also whether it has
 * a way out: what Terraform replaces a container for, where these change.
 */
export function resolved(value: unknown, stack: Stack): unknown {
  if (Array.isArray(value)) return value.map((inner) => resolved(inner, stack));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner, stack)]));
  if (typeof value !== 'string') return value;
  return value.replace(
    /\$\{(docker_(?:image|volume|network))\.([\w-]+)(?:\[0\])?\.\w+\}/g,
    (whole, type: string, id: string) => {
      const target = resources(stack, type).get(id);
      // A volume whose changes Terraform ignores stays the one it is, whatever it is called now.
      if (!target || (target['lifecycle'] as Attributes | undefined)?.['ignore_changes'] !== undefined) return whole;
      return type === 'docker_network' && target['internal'] !== true
        ? `${target['name']} (with a way out)`
        : String(target['name']);
    },
  );
}
