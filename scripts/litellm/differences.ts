import { isDeepStrictEqual } from 'node:util';
import type { Inventory } from './inventory';

/** More than so many of a kind are counted, not listed. */
const LISTED = 40;

/** What a release has that another has not, in words: what may need work first. Empty where nothing differs. */
export function inventoryDifferences(older: Inventory, newer: Inventory): string[] {
  return [
    ...filterDifferences(older.filter, newer.filter),
    ...lists('routes that ordinary keys may call', older.key_routes, newer.key_routes),
    ...lists('names read from a request', older.names, newer.names),
    ...lists('routes', older.routes, newer.routes),
    ...lists('keys of its configuration', older.settings, newer.settings),
    ...lists('migrations', older.migrations, newer.migrations),
    ...priceDifferences(older.prices, newer.prices),
  ];
}

function filterDifferences(older: Inventory['filter'], newer: Inventory['filter']): string[] {
  const names = Object.keys(newer);
  const gone = names.filter((name) => newer[name] === null);
  // Where the older release lacks it, images/litellm has been changed for the newer one already.
  const changed = names.filter((name) => older[name] && newer[name] && older[name] !== newer[name]);
  return [
    ...gone.map((name) => `gone, and images/litellm needs it: ${name}`),
    ...changed.map((name) => `another source, and images/litellm replaces it: ${name}; read it`),
  ];
}

function lists(what: string, older: readonly string[], newer: readonly string[]): string[] {
  const [before, after] = [new Set(older), new Set(newer)];
  const sentences = [
    ['new', newer.filter((name) => !before.has(name))],
    ['gone', older.filter((name) => !after.has(name))],
  ] as const;
  return sentences.flatMap(([kind, names]) =>
    names.length === 0 ? [] : [`${kind}: ${names.length} ${what}: ${listed(names)}`],
  );
}

function listed(names: readonly string[]): string {
  const rest = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (rest > 0 ? `, and ${rest} more` : '');
}

function priceDifferences(older: Inventory['prices'], newer: Inventory['prices']): string[] {
  return Object.keys(newer).flatMap((model) => {
    const [before, after] = [older[model], newer[model]];
    if (!before && !after) return [];
    if (!before) return [`its price map has ${model} now; compare it with catalog/catalog.ts`];
    if (!after) return [`its price map has ${model} no more`];
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((field) => {
      const [was, is] = [before[field], after[field]];
      return isDeepStrictEqual(was, is) ? [] : [`price map, ${model}: ${field} ${text(was)} → ${text(is)}`];
    });
  });
}

const text = (value: unknown) => (value === undefined ? '(none)' : JSON.stringify(value));
