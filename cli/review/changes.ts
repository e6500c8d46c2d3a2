/** Where a value stands in a JSON document. An element of a list is named by what identifies it, else by its number. */
export type Path = readonly string[];

/** One value that is not the same before and after; `undefined` is not there. The innermost differing value, or a whole part that came or went. */
export interface Change {
  readonly path: Path;
  readonly before: unknown;
  readonly after: unknown;
}

/** What identifies an element of a list, the first of these that every element has. */
const IDENTITIES: readonly (readonly string[])[] = [
  ['provider', 'model'],
  ['stack', 'rule'],
  ['to', 'port'],
  ['bind', 'hostPort'],
  ['abovePromptTokens'],
  ['name'],
  ['path'],
  ['value'],
];

/** Every difference between two JSON values, in the order of the first. Nothing for equal values, whatever the order of their keys. */
export function changesBetween(before: unknown, after: unknown, path: Path = []): Change[] {
  if (isRecord(before) && isRecord(after)) return inside(entriesOf(before), entriesOf(after), path);
  if (Array.isArray(before) && Array.isArray(after)) {
    const [was, is] = [identified(before), identified(after)];
    if (was && is) return [...inside(was, is, path), ...reordered(was, is, path)];
  }
  return same(before, after) ? [] : [{ path, before, after }];
}

function inside(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>, path: Path): Change[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)];
    // A part that came or went is one change, however much there is in it.
    return was === undefined || is === undefined
      ? was === is
        ? []
        : [{ path: [...path, key], before: was, after: is }]
      : changesBetween(was, is, [...path, key]);
  });
}

function reordered(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>, path: Path): Change[] {
  const was = [...before.keys()].filter((key) => after.has(key));
  const is = [...after.keys()].filter((key) => before.has(key));
  return same(was, is) ? [] : [{ path: [...path, 'order of entries'], before: was, after: is }];
}

/** The elements of a list by their identity; undefined where they have none, or two have the same. */
function identified(list: readonly unknown[]): Map<string, unknown> | undefined {
  if (!list.every(isRecord)) return undefined;
  const elements = list as readonly Record<string, unknown>[];
  const fields = IDENTITIES.find((names) =>
    elements.every((element) => names.every((name) => element[name] !== undefined)),
  );
  if (!fields) return list.length === 0 ? new Map() : undefined;
  const found = new Map(elements.map((element) => [fields.map((name) => element[name]).join('/'), element]));
  return found.size === list.length ? found : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const entriesOf = (value: Record<string, unknown>) => new Map(Object.entries(value));

/** Equal as JSON, whatever the order of keys. */
export const same = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && canonical(a) === canonical(b));

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  ) ?? 'undefined';

/** Whether a path is another one, or stands below it. `*` in the other one is any step. */
export const isUnder = (path: Path, other: Path): boolean =>
  other.length <= path.length && other.every((step, index) => step === '*' || step === path[index]);

/** A path for people: `models.gpt-5.deployments[openai/gpt-5].prices.input`. */
export const pathText = (path: Path): string =>
  path.map((step, index) => (/^[\w:-]+$/.test(step) ? `${index === 0 ? '' : '.'}${step}` : `[${step}]`)).join('');

/** What is only before, only after, and in both. */
export function compareKeys<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>) {
  return {
    removed: [...before].filter(([key]) => !after.has(key)),
    added: [...after].filter(([key]) => !before.has(key)),
    both: [...after].flatMap(([key, now]) => (before.has(key) ? [[key, before.get(key) as T, now] as const] : [])),
  };
}
