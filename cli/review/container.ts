import { type Attributes, resources, type Stack } from './synthesized';

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

/** One value or a list of them, as text. */
export const list = (value: unknown) =>
  Array.isArray(value) ? value.map(String) : value === undefined || value === null ? [] : [String(value)];
