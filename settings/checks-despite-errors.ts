import type { z } from 'zod';
import { nearestWord } from '../catalog/nearest-word';
import { crossChecks, type Surroundings } from './cross-checks';
import { knownKeys } from './describe-issue';
import { without } from './paths';
import type { SettingsProblem } from './problems';
import { settingsSchema } from './schema';

type Path = readonly string[];

/**
 * What is wrong between the fields of settings of which some are wrong by themselves, so that one run tells everything. The wrong
 * ones are left out, and with them every problem that may only follow from that.
 */
export function crossChecksOfTheRest(
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
  surroundings: Surroundings,
): SettingsProblem[] {
  const parsed = settingsSchema.safeParse(without(value, issues.flatMap(leftOut)));
  if (!parsed.success) return [];
  const wrong = issues.flatMap(doubtful);
  return crossChecks(parsed.data, surroundings).filter(
    ({ from }) => !from.some((path) => wrong.some((other) => meet(path, other))),
  );
}

/** The paths that an issue makes unusable. An entry of a list takes the list with it. */
function leftOut(issue: z.core.$ZodIssue): Path[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...path, key]);
  const entry = issue.path.findIndex((key) => typeof key === 'number');
  return [entry < 0 ? path : path.slice(0, entry)];
}

/** The same as dotted paths; a misspelt key puts the one that was probably meant in doubt. */
function doubtful(issue: z.core.$ZodIssue): string[] {
  if (issue.code !== 'unrecognized_keys') return leftOut(issue).map((path) => path.join('.'));
  const path = issue.path.map(String);
  return issue.keys.flatMap((key) => {
    const meant = nearestWord(key, knownKeys(path));
    return meant ? [[...path, meant].join('.')] : [];
  });
}

/** Whether one path is the other, or a part of it. */
const meet = (a: string, b: string) => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
