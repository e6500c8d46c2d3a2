import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { masked } from '../catalog/urls';
import { crossChecksOfTheRest } from './checks-despite-errors';
import { crossChecks, type Surroundings } from './cross-checks';
import { describe } from './describe-issue';
import { at, without } from './paths';
import { SettingsError, type SettingsProblem } from './problems';
import { type Settings, settingsSchema } from './schema';

export { SettingsError, type SettingsProblem } from './problems';

const FIXES: Readonly<Record<string, string>> = {
  ENOENT: 'run `gateway init` to write one, or name another file',
  EISDIR: 'it is a directory; name the file in it',
};

/**
 * Reads and validates a settings file.
 *
 * @throws SettingsError with every problem of the file
 */
export function loadSettings(file = 'gateway.yaml', surroundings: Surroundings = {}): Settings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const fix = FIXES[code] ?? 'check its permissions';
    throw new SettingsError(file, [{ path: '', message: `cannot be read (${code}); ${fix}` }]);
  }
  return parseSettings(text, file, surroundings);
}

/** The same from text. An empty text is refused: no provider is on by default, so there is no model. */
export function parseSettings(text: string, file = 'gateway.yaml', surroundings: Surroundings = {}): Settings {
  return checkSettings(parseYaml(text, file), file, surroundings);
}

/**
 * Fills in defaults and checks what somebody wrote.
 *
 * @param source what the error names: a file, or the function it was given to
 * @throws SettingsError with every problem
 */
export function checkSettings(input: unknown, source: string, surroundings: Surroundings = {}): Settings {
  let value = input;
  let parsed = settingsSchema.safeParse(value);
  const empty = emptyGroups(value, parsed.error?.issues ?? []);
  if (empty.length > 0) {
    value = without(value, empty);
    parsed = settingsSchema.safeParse(value);
  }
  const marks = templateMarks(value);
  const others = parsed.success
    ? crossChecks(parsed.data, surroundings)
    : [
        ...parsed.error.issues.flatMap((issue) => describe(issue, value)),
        ...crossChecksOfTheRest(value, parsed.error.issues, surroundings),
      ];
  const problems = [...marks, ...others.filter(({ path }) => !marks.some((mark) => mark.path === path))];
  if (problems.length > 0) throw new SettingsError(source, problems);
  return parsed.data as Settings;
}

/** Paths of groups of which every line is commented out: YAML says null, and nothing is what is meant. */
const emptyGroups = (value: unknown, issues: readonly z.core.$ZodIssue[]) =>
  issues
    .filter((issue) => issue.code === 'invalid_type' && issue.expected === 'object' && at(value, issue.path) === null)
    .map(({ path }) => path);

/** What the parser's author tells programmers. */
const PLAIN_WORDS: Readonly<Record<string, (word: string) => string>> = {
  DUPLICATE_KEY: (word) => `${word} is there twice; keep one`,
  MULTIPLE_DOCS: () => 'a second document begins here (---); keep one',
};

function parseYaml(text: string, file: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const errors = document.errors.map(({ pos, code, message }) => {
    const { line, col } = lineCounter.linePos(pos[0]);
    const what = PLAIN_WORDS[code]?.(wordAt(text, pos[0])) ?? message;
    return { path: '', message: `line ${line}, column ${col}: ${what.replace(/\s+/g, ' ').trim()}` };
  });
  if (errors.length > 0) throw new SettingsError(file, errors);
  try {
    const value: unknown = document.toJS() ?? {};
    JSON.stringify(value);
    return value;
  } catch (error) {
    // An alias (`*name`) of nothing, of something around it, or too many of them.
    const [message = ''] = (error as Error).message.split('\n');
    throw new SettingsError(file, [{ path: '', message }]);
  }
}

const wordAt = (text: string, from: number) => `"${/^[^:\n]*/.exec(text.slice(from))?.[0].trim()}"`;

/** `${` and `%{` would be live in Terraform's JSON; no setting needs them. */
function templateMarks(value: unknown, path: string[] = []): SettingsProblem[] {
  if (typeof value === 'string' && /[$%]\{/.test(value)) {
    return [
      {
        path: path.join('.'),
        message: `found "${masked(value)}"; \`\${\` and \`%{\` begin a Terraform template and are not allowed`,
      },
    ];
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...templateMarks(key, [...path, key]),
    ...templateMarks(inner, [...path, key]),
  ]);
}
