import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The whole way: two commits of a real checkout, each synthesized by its own code with its own catalog and settings.

const ROOT = join(__dirname, '..', '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'gateway-review-test-'));
const checkout = join(folder, 'checkout');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (program: string, ...arguments_: string[]) => {
  const { status, stdout, stderr } = spawnSync(program, arguments_, { cwd: checkout, encoding: 'utf8' });
  return { status, stdout, stderr };
};
const edit = (file: string, change: (text: string) => string) => {
  const path = join(checkout, file);
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
};

const commit = (message: string) => {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  expect(run('git', ...identity, 'commit', '--quiet', '--no-verify', '--all', '--message', message).status).toBe(0);
};

beforeAll(() => {
  const { status, stderr } = spawnSync('git', ['clone', '--quiet', '--shared', ROOT, checkout], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
});

test('a changed catalog and changed settings are told with what they mean, and nothing is left behind', () => {
  edit('catalog/catalog.ts', (text) => text.replaceAll('bedrock-claude-haiku', 'bedrock-haiku-claude'));
  edit('gateway.yaml', (text) => text.replace('workspace: { max_budget: 10,', 'workspace: { max_budget: 100,'));
  const { status, stdout } = run('bin/gateway', 'review', '--base', 'HEAD', '--keys', 'workspace=40');
  expect(stdout).toContain('🔴 `bedrock-claude-haiku` is removed');
  expect(stdout).toContain(
    '`bedrock-haiku-claude` is new, served by `bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0`',
  );
  expect(stdout).toContain('40 keys: at most $3,200 a month instead of $800');
  expect(status).toBe(1);
  expect(run('bin/gateway', 'review', '--base', 'HEAD', '--fail-on', 'never').status).toBe(0);
  expect(run('git', 'worktree', 'list').stdout.trim().split('\n')).toHaveLength(1);
  expect(readdirSync(checkout)).not.toContain('cdktf.out');
});

test('a review is written in the format that is asked for, and a wrong one is refused with the nearest', () => {
  const sarif = run('bin/gateway', 'review', '--base', 'HEAD', '--format', 'sarif');
  expect(JSON.parse(sarif.stdout)).toMatchObject({ version: '2.1.0' });
  expect(sarif.status).toBe(1);
  const wrong = run('bin/gateway', 'review', '--base', 'HEAD', '--format', 'sariff');
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toMatch(/markdown, json, sarif, github[\s\S]*Did you mean sarif\?/);
  const both = run('bin/gateway', 'review', '--base', 'HEAD', '--format', 'sarif', '--json');
  expect(both.status).toBe(2);
  expect(both.stderr).toContain('--json and --format sarif contradict each other');
});

test('settings outside the repository are compared with the ones that are named for the base', () => {
  const outside = join(folder, 'outside.yaml');
  writeFileSync(outside, readFileSync(join(checkout, 'gateway.yaml'), 'utf8'));
  const alone = run('bin/gateway', 'review', '--base', 'HEAD', '--settings', outside);
  expect(alone.status).toBe(2);
  expect(alone.stderr).toContain('is outside this repository: the base has no version of it');
  const compared = ['review', '--base', 'HEAD', '--settings', outside, '--base-settings', 'gateway.yaml'];
  expect(run('bin/gateway', ...compared).stdout).toContain('the budget of `workspace` changes from $10');
});

test('a base from before deployment.json is compared by the files that it wrote', () => {
  run('git', 'checkout', '--quiet', '.');
  edit('main.ts', (text) =>
    text.replace(/^ +writeDeployment\(.*$/m, '').replace('writeArtifacts, writeDeployment', 'writeArtifacts'),
  );
  commit('Write no description');
  run('git', 'checkout', '--quiet', 'HEAD~1', '--', 'main.ts');
  edit('catalog/catalog.ts', (text) => text.replace('{ input: 4, output: 20,', '{ input: 400, output: 20,'));
  const { status, stdout } = run('bin/gateway', 'review', '--base', 'HEAD');
  expect(stdout).toContain('🟠 the base was written by a version without `deployment.json`');
  expect(stdout).toContain('🔴 `claude-opus-5-5` costs more, so every budget buys less: input $4 → $400 (+9900 %)');
  expect(status).toBe(1);
});

test('a base that cannot be synthesized is named, without a stack trace', () => {
  run('git', 'reset', '--quiet', '--hard');
  edit('gateway.yaml', (text) => `${text}\nmodel: wrong\n`);
  commit('Break the settings');
  const { status, stderr } = run('bin/gateway', 'review', '--base', 'HEAD');
  expect(status).toBe(2);
  expect(stderr).toContain('did you mean "models"?');
  expect(stderr).not.toMatch(/^\s+at /m);
});
