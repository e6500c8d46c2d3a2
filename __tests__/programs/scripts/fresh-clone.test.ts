import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import manifest from '../../../package.json';

const ROOT = join(__dirname, '../../..');
let clone: string;

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'gateway-clone-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  for (const file of listed.split('\0').filter((name) => name && !/^(?:bindings|__tests__|docs)\//.test(name)))
    cpSync(join(ROOT, file), join(clone, file));
  // Looked at, never loaded.
  cpSync(join(ROOT, 'bindings/coder/package.json'), join(clone, 'bindings/coder/package.json'));
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));
afterEach(() => rmSync(join(clone, 'node_modules'), { recursive: true, force: true }));

function run(command: string, env: NodeJS.ProcessEnv = {}) {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
    cwd: clone,
    encoding: 'utf8',
    env: { ...inherited, ...env },
  });
  return { status, stderr, output: stdout + stderr };
}

/** Packages as far as anybody looks at them before they are loaded. */
function install(names: readonly string[]): void {
  for (const name of names) {
    const file = join(clone, 'node_modules', name, 'package.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '{}');
  }
}

test.each([
  ['node bin/gateway init', 2],
  ['node bin/gateway models', 2],
  ['node bin/synth', 1],
  ['npm run --silent synth', 1],
  ['npm run --silent demo', 1],
  ['npm run --silent demo -- --detach', 1],
  ['npm run --silent demo:stop', 1],
  ['npm run --silent lint', 1],
  ['npm run --silent test:unit', 1],
  ['npm run --silent test:programs', 1],
  ['npm run --silent schema', 1],
  ['npm run --silent reference', 1],
  ['scripts/plan.sh', 1],
  ['scripts/deploy.sh', 1],
  ['scripts/destroy.sh', 1],
  ['scripts/template.sh', 1],
  ['scripts/workspace-image.sh', 1],
  ['scripts/generate-coder-bindings.sh --check', 1],
])('where nothing is installed, `%s` says which command is missing, and nothing else', (command, status) => {
  expect(run(command)).toEqual({
    status,
    stderr: expect.stringMatching(/^error: the packages of this project are not installed in \S+; run npm ci there\n$/),
    output: expect.stringMatching(/^[^\n]*\n$/),
  });
});

test('before `npx cdktf`, the environment of Terraform says that packages are missing, and does not end the shell', () => {
  const { status, output } = run('set -e; . scripts/terraform-environment.sh; echo "telemetry: $CHECKPOINT_DISABLE"');
  expect(status).toBe(0);
  expect(output).toMatch(/run npm ci there\n/);
  expect(output).toContain('telemetry: 1');
});

test('a program that was asked for JSON says it in JSON', () => {
  const { status, stderr } = run('node bin/gateway keys list --json');
  expect(status).toBe(2);
  expect(JSON.parse(stderr)).toEqual({
    error: {
      message: expect.stringContaining('not installed'),
      exit_code: 2,
      fix: expect.stringContaining('npm ci'),
    },
  });
});

test('an installation that was interrupted is missed by the names of what it lacks', () => {
  install([
    ...Object.keys(manifest.dependencies),
    ...Object.keys(manifest.peerDependencies),
    ...manifest.workspaces.flatMap((folder) => {
      const { name, dependencies = {} } = require(join(ROOT, folder, 'package.json'));
      return [name, ...Object.keys(dependencies)];
    }),
  ]);
  expect(run('node bin/gateway init').stderr).toMatch(/^error: tsx is not installed in \S+; run npm ci there\n$/);
});

test('a Node.js that is too old is told before anything is loaded', () => {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } })`;
  const script = join(clone, 'pretend.cjs');
  writeFileSync(script, pretend);
  for (const command of ['node bin/gateway init', 'node bin/synth', 'npm run --silent demo', 'scripts/plan.sh']) {
    const { status, stderr } = run(command.replace('node ', `node --require ${script} `), {
      ...(command.startsWith('node') ? {} : { NODE_OPTIONS: `--require ${script}` }),
    });
    expect(status).toBeGreaterThan(0);
    expect(stderr).toContain('this needs Node.js 20.19 or later');
    expect(stderr).not.toMatch(/\n\s+at /);
  }
});
