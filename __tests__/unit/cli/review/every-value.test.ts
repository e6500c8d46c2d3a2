import { changesBetween, isUnder, pathText } from '../../../../cli/review/changes';
import { compare } from '../../../../cli/review/compare';
import type { Synthesized } from '../../../../cli/review/comparison';
import { type Deployment, deploymentSchema } from '../../../../deployment/schema';
import { synthesize } from './variant';

// Some thousand comparisons.

// A deployment that has nearly everything: several places of a name, price bands, a Coder server, every limit.
const rich = synthesize({
  settings: (yaml) => `${yaml
    .replace('rpm_limit: 60 }', 'rpm_limit: 60, tpm_limit: 100000, max_parallel_requests: 4 }')
    .replace(
      'models: {',
      'models: { provider_failover: true, enabled: [claude-sonnet-4-5, claude-opus-4, claude-haiku-4-5],',
    )}
coder: { server: true, url: http://coder.internal:7080, confirm_workspaces: true }
workspace: { egress: none }
`,
  catalog: (models) => {
    const band = {
      abovePromptTokens: 150_000,
      input: 6,
      output: 30,
      cacheWrite: 7.5,
      cacheWrite1h: 12,
      cacheRead: 0.6,
    };
    const [place] = models.find(({ name }) => name === 'claude-sonnet-4-5')?.deployments ?? [];
    if (place) place.priceBands = [band, { ...band, abovePromptTokens: 180_000 }];
  },
});

type Step = readonly (string | number)[];

/** Every innermost value of a JSON document, empty lists and objects too. */
function leaves(value: unknown, path: Step = []): Step[] {
  if (value === null || typeof value !== 'object') return [path];
  const entries = Array.isArray(value) ? value.map((inner, index) => [index, inner] as const) : Object.entries(value);
  return entries.length === 0 ? [path] : entries.flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

const parent = (root: unknown, path: Step) =>
  path.slice(0, -1).reduce<Record<string | number, unknown>>((at, key) => at[key] as typeof at, root as never);
const last = (path: Step) => path.at(-1) as string | number;

/** Another value of the same type. */
function other(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return `${value}~`;
  return Array.isArray(value) ? ['~'] : { '~': '~' };
}

/** What lists and groups can hold where the deployment has none. */
const ENTRIES: Readonly<Record<string, unknown>> = {
  priceBands: [{ abovePromptTokens: 1000, input: 1, output: 1, cacheWrite: 1, cacheRead: 1 }],
  connects: [{ to: '~', port: 1 }],
  published: [{ port: 1, hostPort: 1, bind: '127.0.0.1' }],
  persistent: [{ name: '~', path: '/~' }],
  scratch: [{ path: '/~', megabytes: 1 }],
  environment: { '~': { value: '~', secrets: [] } },
  secrets: { '~': ['~'] },
  files: { '~': '~' },
};

const ENUMS: Readonly<Record<string, readonly string[]>> = {
  credentials: ['variable', 'instance-role', 'off'],
  egress: ['internet', 'none'],
  workspaces: ['internet', 'none'],
  at: ['workload', 'this-host', 'host'],
  state: ['active', 'deprecated', 'retired'],
  kind: ['direct', 'door', 'door-tls', 'reference', 'build'],
  type: ['string', 'number'],
  stack: ['platform', 'template'],
  rule: ['required', 'minimum-length', 'prefix', 'not-published', 'not-reused'],
};

const edited = (edit: (draft: Deployment) => void): Synthesized => {
  const deployment = structuredClone(rich.deployment);
  edit(deployment);
  return { ...rich, deployment };
};

/** Changes that no finding tells of. */
function untold(after: Synthesized): string[] {
  const findings = compare(rich, after);
  return changesBetween(rich.deployment, after.deployment)
    .filter(({ path }) => !findings.some((finding) => finding.paths.some((told) => isUnder(path, told))))
    .map(({ path }) => pathText(path));
}

const all = leaves(rich.deployment).filter(([first]) => first !== 'version');

test('every value of a description, changed by itself, has a finding that names its place', () => {
  expect(all.length).toBeGreaterThan(700);
  const missed = all.flatMap((path) => {
    const after = edited((draft) => {
      const at = parent(draft, path);
      const value = at[last(path)];
      // Lists of names, such as the secrets of a provider, hold names.
      const entry = Array.isArray(value) && last(path) === 'secrets' ? ['~'] : ENTRIES[last(path)];
      const isEmpty = value !== null && typeof value === 'object';
      at[last(path)] = (isEmpty ? entry : ENUMS[last(path)]?.find((each) => each !== value)) ?? other(value);
    });
    // An image's kind is no value by itself: the rest of the group differs with it.
    if (last(path) !== 'kind') deploymentSchema.parse(after.deployment);
    return untold(after);
  });
  expect(missed).toEqual([]);
});

test('every value that is taken away by itself has a finding that names its place', () => {
  const missed = all.flatMap((path) => {
    const after = edited((draft) => {
      const at = parent(draft, path);
      if (Array.isArray(at)) at.splice(Number(last(path)), 1);
      else delete at[last(path)];
    });
    // What must be there cannot be missing in a file that is read.
    return deploymentSchema.safeParse(after.deployment).success ? untold(after) : [];
  });
  expect(missed).toEqual([]);
});

test('a change that nothing has a sentence for is told with its place and both values', () => {
  const after = edited((draft) => Object.assign(draft.workspace, { added: { by: 'a later version' } }));
  expect(compare(rich, after)).toEqual([
    {
      severity: 'low',
      area: 'other',
      rule: 'other/changed',
      text: '`workspace.added` is new: `{"by":"a later version"}`',
      paths: [['workspace', 'added']],
    },
  ]);
});

test('two changes of which each may follow from the other are both told where nothing else explains them', () => {
  const after = edited((draft) => {
    const [place] = draft.models['claude-opus-4']?.deployments ?? [];
    Object.assign(place?.parameters ?? {}, { mock_response: 'hello' });
    Object.assign(place?.information ?? {}, { mode: 'completion' });
  });
  expect(compare(rich, after).map(({ text }) => text)).toEqual([
    expect.stringContaining('parameters.mock_response` is new: `hello`'),
    expect.stringContaining('information.mode` changes from `chat` to `completion`'),
  ]);
});

test('the order of keys in a description means nothing', () => {
  const reversed = (value: unknown): unknown =>
    value === null || typeof value !== 'object' || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, inner]) => [key, reversed(inner)]),
        );
  expect(compare(rich, { ...rich, deployment: reversed(rich.deployment) as Deployment })).toEqual([]);
  expect(compare(rich, rich)).toEqual([]);
});
