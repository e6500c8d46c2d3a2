/** What stands at a path of parsed YAML; undefined where the path leads nowhere. */
export function at(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], root);
}

/** A copy without what stands at these paths. */
export function without(root: unknown, paths: readonly (readonly PropertyKey[])[]): unknown {
  const copy: unknown = structuredClone(root);
  for (const path of paths) {
    const parent = at(copy, path.slice(0, -1));
    const last = path.at(-1);
    if (last !== undefined && typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, last);
  }
  return copy;
}
