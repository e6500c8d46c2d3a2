import type { z } from 'zod';
import { didYouMean } from '../catalog/nearest-word';
import { masked } from '../catalog/urls';
import { at } from './paths';
import type { SettingsProblem } from './problems';
import { REGION_FORMS } from './region-forms';

type Issue = z.core.$ZodIssue;

/** Settings that exist elsewhere, and are looked for here. */
const NOT_HERE: ReadonlyMap<string, string> = new Map([
  ['region', `; only ${Object.keys(REGION_FORMS).join(' and ')} have a region: remove it`],
]);

/** A wrong value as people are told of it: what was found, what is allowed, and the nearest allowed word. */
export function describe(issue: Issue, root: unknown): SettingsProblem[] {
  const path = issue.path.map(String).join('.');
  const found = show(at(root, issue.path));
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(issue.path.map(String));
      return issue.keys.map((key) => ({
        path: [...issue.path.map(String), key].join('.'),
        message: `is not a setting; known here: ${list(known)}${NOT_HERE.get(key) ?? didYouMean(key, known)}`,
      }));
    }
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      return [
        { path, message: `found ${found}; allowed: ${list(allowed)}${didYouMean(at(root, issue.path), allowed)}` },
      ];
    }
    case 'invalid_union': {
      // Of the alternatives, the one that came closest (a list with one wrong name, say) tells most.
      const deepest = issue.errors.flat().sort((a, b) => b.path.length - a.path.length)[0];
      if (deepest && deepest.path.length > 0) {
        return describe({ ...deepest, path: [...issue.path, ...deepest.path] } as Issue, root);
      }
      const words = issue.errors
        .flat()
        .flatMap((error) => (error.code === 'invalid_value' ? error.values.map(String) : []));
      const allowed = words.length > 0 ? `allowed: ${list(words)}, or ${issue.message}` : `it must be ${issue.message}`;
      return [{ path, message: `found ${found}; ${allowed}${didYouMean(at(root, issue.path), words)}` }];
    }
    case 'too_small':
      return [
        {
          path,
          message: `found ${found}; ${issue.inclusive === false ? 'it must be more than' : 'the least allowed is'} ${issue.minimum}${unit(issue)}`,
        },
      ];
    case 'too_big':
      return [{ path, message: `found ${found}; the most allowed is ${issue.maximum}${unit(issue)}` }];
    case 'invalid_type':
      return [{ path, message: `found ${found}; it must be ${article(issue.expected)}` }];
    case 'invalid_format':
      return [{ path, message: `found ${found}; it must be ${issue.message.replace(/^Invalid /, 'a valid ')}` }];
    default:
      return [{ path, message: `found ${found}; ${issue.message}` }];
  }
}

const unit = ({ origin, minimum, maximum }: { origin?: string; minimum?: unknown; maximum?: unknown }) => {
  const one = Number(minimum ?? maximum) === 1;
  if (origin === 'array') return one ? ' entry' : ' entries';
  return origin === 'string' ? ` character${one ? '' : 's'}` : '';
};
const article = (type: string) =>
  ({
    int: 'a whole number',
    number: 'a number',
    string: 'text',
    boolean: 'true or false',
    object: 'a group of settings',
    array: 'a list',
    record: 'a group of settings',
  })[type] ?? type;
const list = (words: readonly string[]) => words.join(', ');

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON knows neither .inf nor .nan.
  const text = masked(typeof value === 'number' ? String(value) : JSON.stringify(value));
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** The keys the schema knows at a path, by way of its JSON Schema, which has no wrappers for defaults. */
export function knownKeys(path: readonly string[]): string[] {
  // Imported late: only needed for a message.
  const { settingsJsonSchema } = require('./json-schema') as typeof import('./json-schema');
  let node: { properties?: Record<string, unknown> } | undefined = settingsJsonSchema();
  for (const key of path) node = node?.properties?.[key] as typeof node;
  return Object.keys(node?.properties ?? {});
}
