import { readFileSync } from 'node:fs';
import { distance } from 'fastest-levenshtein';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { enabledNames, modelsWithoutProvider } from '../litellm-config/resolve';
import { type Settings, settingsSchema } from './schema';

/** One thing that is wrong in `gateway.yaml`: where, what was found, what is allowed, and the nearest allowed word. */
export interface SettingsProblem {
  /** `policies.workspace.max_budget` */
  readonly path: string;
  readonly message: string;
}

/** All that is wrong in a settings file, at once. Its message is meant for people. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(
    readonly file: string,
    readonly problems: readonly SettingsProblem[],
  ) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    const lines = problems.map(({ path, message }) => `  ${path ? `${path}: ` : ''}${message}`);
    super(`${file} has ${count}:\n${lines.join('\n')}`);
  }
}

/**
 * Reads and validates a settings file.
 *
 * @throws SettingsError with every problem of the file
 */
export function loadSettings(file = 'gateway.yaml'): Settings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const fix = code === 'ENOENT' ? 'run `gateway init` to write one, or name another file' : 'check its permissions';
    throw new SettingsError(file, [{ path: '', message: `cannot be read (${code}); ${fix}` }]);
  }
  return parseSettings(text, file);
}

/** The same from text. An empty text is a deployment with every default. */
export function parseSettings(text: string, file = 'gateway.yaml'): Settings {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new SettingsError(
      file,
      document.errors.map((error) => {
        const { line, col } = lineCounter.linePos(error.pos[0]);
        return { path: '', message: `line ${line}, column ${col}: ${error.message.replace(/\s+/g, ' ').trim()}` };
      }),
    );
  }
  const value: unknown = document.toJS() ?? {};
  const parsed = settingsSchema.safeParse(value, { reportInput: true });
  const problems = [
    ...templateMarks(value),
    ...(parsed.success ? crossChecks(parsed.data) : parsed.error.issues.flatMap((issue) => describe(issue, value))),
  ];
  if (problems.length > 0) throw new SettingsError(file, problems);
  return parsed.data as Settings;
}

/** `${` and `%{` would be live in Terraform's JSON; no setting needs them. */
function templateMarks(value: unknown, path: string[] = []): SettingsProblem[] {
  if (typeof value === 'string' && /[$%]\{/.test(value)) {
    return [
      {
        path: path.join('.'),
        message: `found "${value}"; \`\${\` and \`%{\` begin a Terraform template and are not allowed`,
      },
    ];
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...templateMarks(key, [...path, key]),
    ...templateMarks(inner, [...path, key]),
  ]);
}

/** What one field alone cannot tell. */
function crossChecks(settings: Settings): SettingsProblem[] {
  const problems: SettingsProblem[] = [];
  const enabled = enabledNames(settings);
  const off = new Map(modelsWithoutProvider(settings).map(({ name, provider }) => [name, provider]));
  const why = (name: string) => {
    const provider = off.get(name);
    return provider
      ? `"${name}" is served by ${provider}, which is off; set providers.${provider}.credentials, or choose one of ${list(enabled)}`
      : `"${name}" is not among models.enabled; enable it, or choose one of ${list(enabled)}`;
  };

  if (enabled.length === 0) {
    problems.push({
      path: 'providers',
      message:
        'no model is left: every provider of the enabled models is off; switch one on, for example providers.anthropic.credentials: variable',
    });
    return problems;
  }
  for (const use of ['default', 'small'] as const) {
    const name = settings.models[use];
    if (!enabled.includes(name)) problems.push({ path: `models.${use}`, message: why(name) });
  }
  for (const [scope, policy] of Object.entries(settings.policies)) {
    if (!('models' in policy) || policy.models === 'all') continue;
    const usable = policy.models.filter((name) => enabled.includes(name));
    if (usable.length === 0) {
      problems.push({
        path: `policies.${scope}.models`,
        message: `none of its models is served: ${policy.models.map(why).join('; ')}`,
      });
    }
  }
  if (settings.providers.bedrock.credentials !== 'off' && !settings.providers.bedrock.region) {
    problems.push({
      path: 'providers.bedrock.region',
      message: 'is missing; name an AWS region, for example us-east-1',
    });
  }
  if (settings.providers.vertex_ai.credentials !== 'off' && !settings.providers.vertex_ai.region) {
    problems.push({ path: 'providers.vertex_ai.region', message: 'is missing; name a region, for example us-east5' });
  }
  const ports: [string, number][] = [
    ['litellm.port', settings.litellm.port],
    ['key_provisioner.port', settings.key_provisioner.port],
    ...(settings.coder.server ? ([['coder.port', settings.coder.port]] as [string, number][]) : []),
  ];
  ports.forEach(([path, port], index) => {
    const twin = ports.slice(0, index).find(([, other]) => other === port);
    if (twin) problems.push({ path, message: `found ${port}, which ${twin[0]} uses too; give each its own port` });
  });
  if (settings.coder.confirm_workspaces && !settings.coder.url && !settings.coder.server) {
    problems.push({ path: 'coder.url', message: 'is missing; confirm_workspaces needs the address of Coder' });
  }
  return problems;
}

type Issue = z.core.$ZodIssue;

function describe(issue: Issue, root: unknown): SettingsProblem[] {
  const path = issue.path.map(String).join('.');
  const found = show(at(root, issue.path));
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(issue.path.map(String));
      return issue.keys.map((key) => ({
        path: [...issue.path.map(String), key].join('.'),
        message: `is not a setting; known here: ${list(known)}${nearest(key, known)}`,
      }));
    }
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      return [{ path, message: `found ${found}; allowed: ${list(allowed)}${nearest(at(root, issue.path), allowed)}` }];
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
              ? `found ${found}; allowed: ${list(words.map((word) => `"${word}"`))} or a list${nearest(at(root, issue.path), words)}`
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
          message: `found ${found}; the least allowed is ${issue.inclusive === false ? 'more than ' : ''}${issue.minimum}${unit(issue)}`,
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

function nearest(value: unknown, words: readonly string[]): string {
  if (typeof value !== 'string') return '';
  const [best] = words.map((word) => ({ word, far: distance(value, word) })).sort((a, b) => a.far - b.far);
  const prefixed = value.length > 2 ? words.find((word) => word.startsWith(value)) : undefined;
  if (prefixed) return `; did you mean "${prefixed}"?`;
  return best && best.far <= Math.max(2, Math.floor(value.length / 2)) ? `; did you mean "${best.word}"?` : '';
}

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], root);
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** The keys the schema knows at a path, by way of its JSON Schema, which has no wrappers for defaults. */
function knownKeys(path: readonly string[]): string[] {
  // Imported late: only needed for a message.
  const { settingsJsonSchema } = require('./json-schema') as typeof import('./json-schema');
  let node: { properties?: Record<string, unknown> } | undefined = settingsJsonSchema();
  for (const key of path) node = node?.properties?.[key] as typeof node;
  return Object.keys(node?.properties ?? {});
}
