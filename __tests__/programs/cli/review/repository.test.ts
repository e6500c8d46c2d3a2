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
  expect(stdout).toContain('at 40 keys, at most $4,000 a month instead of $400');
  expect(status).toBe(1);
  expect(run('bin/gateway', 'review', '--base', 'HEAD', '--fail-on', 'never').status).toBe(0);
  expect(run('git', 'worktree', 'list').stdout.trim().split('\n')).toHaveLength(1);
  expect(readdirSync(checkout)).not.toContain('cdktf.out');
});

test('a base that cannot be synthesized is named, without a stack trace', () => {
  run('git', 'checkout', '--quiet', '.');
  edit('gateway.yaml', (text) => `${text}\nmodel: wrong\n`);
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  expect(
    run('git', ...identity, 'commit', '--quiet', '--no-verify', '--all', '--message', 'Break the settings').status,
  ).toBe(0);
  const { status, stderr } = run('bin/gateway', 'review', '--base', 'HEAD');
  expect(status).toBe(2);
  expect(stderr).toContain('did you mean "models"?');
  expect(stderr).not.toMatch(/^\s+at /m);
});
