import type { z } from 'zod';
import { didYouMean } from './nearest-word';
import type { SettingsProblem } from './problems';

type Issue = z.core.$ZodIssue;

/** A wrong value as people are told of it: what was found, what is allowed, and the nearest allowed word. */
export function describe(issue: Issue, root: unknown): SettingsProblem[] {
  const path = issue.path.map(String).join('.');
  const found = show(at(root, issue.path));
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(issue.path.map(String));
      return issue.keys.map((key) => ({
        path: [...issue.path.map(String), key].join('.'),
        message: `is not a setting; known here: ${list(known)}${didYouMean(key, known)}`,
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
      return [
        {
          path,
          message:
            words.length > 0
              ? `found ${found}; allowed: ${list(words.map((word) => `"${word}"`))} or a list${didYouMean(at(root, issue.path), words)}`
              : `found ${found}; ${issue.errors
                  .flat()
                  .map((error) => error.message)
                  .join(', or ')}`,
        },
      ];
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

const unit = (issue: { origin?: string }) =>
  issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : '';
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

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], root);
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
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
