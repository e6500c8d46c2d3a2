import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import manifest from '../../../package.json';
import { NAMED_ONLY, SUITES } from '../../../scripts/test/suites';

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: { readonly node?: readonly number[] } };
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': boolean | string };
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(__dirname, '../../../.github/workflows');
const files = readdirSync(folder);
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');
const workflow = (file: string) => parse(textOf(file)) as Workflow;

test.each(files)('%s uses actions by their full commit, with the version beside it', (file) => {
  const uses = textOf(file)
    .split('\n')
    .filter((line) => /\buses:/.test(line));
  expect(uses.length).toBeGreaterThan(0);
  for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test.each(files)(
  '%s says what its token may, how long a job takes at most, and what becomes of an overtaken run',
  (file) => {
    const { permissions, concurrency, jobs } = workflow(file);
    expect(permissions).toMatchObject({ contents: 'read' });
    expect(concurrency?.group).toBeTruthy();
    // A release is not broken off half-way; everything else only costs time.
    expect(Boolean(concurrency?.['cancel-in-progress'])).toBe(file !== 'release.yml');
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  },
);

test('one action is used in one version', () => {
  const used = files.flatMap((file) => [...textOf(file).matchAll(/uses: ([\w/-]+)@(\S+)/g)]);
  const versions = new Map<string, Set<string>>();
  for (const [, action = '', commit = ''] of used)
    versions.set(action, (versions.get(action) ?? new Set()).add(commit));
  expect([...versions].filter(([, commits]) => commits.size > 1)).toEqual([]);
});

/** The suites that a job's commands run: by the runner itself, or by make. */
function suitesOf({ steps }: Job): string[] {
  return steps.flatMap(({ run = '' }) => [
    ...[...run.matchAll(/scripts\/test\.ts(.*)$/gm)].flatMap(([, names = '']) => names.trim().split(/\s+/)),
    ...[...run.matchAll(/\bmake test-([a-z]+)/g)].map(([, name = '']) => name),
  ]);
}

test('the jobs together run every suite of `make test`, each in one of them', () => {
  const run = Object.values(workflow('ci.yml').jobs).flatMap(suitesOf);
  expect(run.sort()).toEqual(SUITES.filter((suite) => !NAMED_ONLY.includes(suite)).sort());
});

test('what needs nothing else is run with every Node.js that the package allows', () => {
  const { quick } = workflow('ci.yml').jobs;
  const oldest = Number(/^>=(\d+)/.exec(manifest.engines.node)?.[1]);
  expect(quick?.strategy?.matrix.node).toEqual([oldest, 22, 24]);
});
