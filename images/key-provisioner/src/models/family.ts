/** Claude's families: what Claude Code's aliases mean, and how new a model is within one of them. */

/** The families there are. */
export const FAMILIES = ['sonnet', 'opus', 'haiku'] as const;

/** A model's family and its version in it: `claude-sonnet-4-5` is sonnet, [4, 5]. */
export interface Family {
  readonly name: (typeof FAMILIES)[number];
  /** Numbers, the most important first; empty where none is known. */
  readonly version: readonly number[];
}

/**
 * The family according to the provider's id of a model, else to its own name; undefined for every other model. Only whole words
 * count, and a date in an id (`claude-sonnet-4-20250514`) is not part of its version.
 */
export function familyOf(name: string, providerId: string = name): Family | undefined {
  const id = /claude/i.test(providerId) ? providerId : name;
  const word = new RegExp(`(?:^|[^a-z])(${FAMILIES.join('|')})(?![a-z])`).exec(id.toLowerCase())?.[1];
  if (!word) return undefined;
  const number = '(\\d{1,2})(?!\\d)';
  const versionLast = new RegExp(`${word}-?${number}(?:[-.]${number})?`);
  // Before version 4 the number came first: `claude-3-5-haiku`.
  const versionFirst = new RegExp(`claude-${number}(?:[-.]${number})?-${word}`);
  const found = versionLast.exec(id.toLowerCase()) ?? versionFirst.exec(id.toLowerCase());
  const version = (found ?? []).slice(1).filter(Boolean).map(Number);
  return { name: word as Family['name'], version };
}

/** Above zero where the first version is the newer one. 5.10 is newer than 5.5. */
export function compareVersions(a: readonly number[], b: readonly number[]): number {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = (a[index] ?? -1) - (b[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
