import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import manifest from '../../package.json';

const root = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'gateway-entry-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Programs that people start; `--help` of those that have it, else something that ends by itself at once. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'bin/gateway': 'node bin/gateway --help',
  'bin/synth': 'node bin/synth',
  'demo/main.ts': 'node --import tsx demo/main.ts --help',
  'demo/stop.ts': 'node --import tsx demo/stop.ts --help',
  'scripts/check-ports.ts': 'node --import tsx scripts/check-ports.ts /dev/null/nowhere/plan.json',
  'scripts/check-terraform.ts': 'PATH=/dev/null/nowhere "$NODE" --import tsx scripts/check-terraform.ts',
  'scripts/litellm.ts': 'node --import tsx scripts/litellm.ts --help',
  'scripts/litellm/try-database.ts': 'node --import tsx scripts/litellm/try-database.ts 0.0.1 0.0.2',
  'scripts/replace-in-turn.ts': 'node --import tsx scripts/replace-in-turn.ts . plan secrets /dev/null/nowhere',
  'scripts/test.ts': 'node --import tsx scripts/test.ts --help',
  'scripts/coder-server.sh': 'scripts/coder-server.sh --help',
  'scripts/deploy.sh': 'scripts/deploy.sh --help',
  'scripts/destroy.sh': 'scripts/destroy.sh --help',
  'scripts/docker-daemon.sh': 'scripts/docker-daemon.sh --help',
  'scripts/generate-coder-bindings.sh': 'scripts/generate-coder-bindings.sh --help',
  'scripts/plan.sh': 'scripts/plan.sh --help',
  'scripts/prepare-release.sh': 'scripts/prepare-release.sh --help',
  'scripts/provider-mirror.sh': 'scripts/provider-mirror.sh --help',
  'scripts/stand-in-images.sh': 'scripts/stand-in-images.sh --help',
  'scripts/successor-check.sh': 'scripts/successor-check.sh --help',
  'scripts/template.sh': 'scripts/template.sh --help',
  'scripts/test-tools.sh': 'scripts/test-tools.sh --help',
  'scripts/workspace-firewall.sh': 'scripts/workspace-firewall.sh --help',
  'scripts/workspace-image.sh': 'scripts/workspace-image.sh --help',
  Makefile: 'make help',
};
/** Started by nothing but the programs above, take minutes, or write files of the repository and nothing else. */
const OTHERS = [
  ...[
    'acceptance.ts',
    'write-reference.ts',
    'complete-lock-file.js',
    'platform-environment.sh',
    'terraform-environment.sh',
    'usage.sh',
  ].map((name) => `scripts/${name}`),
  ...['bundle.d.ts', 'bundle.js', 'require-packages.js'].map((name) => `bin/${name}`),
];

const env = { ...process.env, NODE: process.execPath, CDKTF_OUTDIR: join(folder, 'deep/er/out'), NO_COLOR: '1' };
const run = (command: string, more: NodeJS.ProcessEnv = {}, cwd = root) =>
  spawnSync('bash', ['-c', command], { cwd, encoding: 'utf8', env: { ...env, ...more }, timeout: 60_000 });
const TRACE = /^\s+at .+[:(]|node:events|node:internal|Traceback|unbound variable|^\S+: line \d+:/m;

test('every program of bin/ and scripts/ is in the lists above', () => {
  const files = ['bin', 'scripts'].flatMap((directory) =>
    readdirSync(join(root, directory))
      .map((name) => join(directory, name))
      .filter((path) => statSync(join(root, path)).isFile() && !path.endsWith('.md')),
  );
  expect(files.filter((path) => !(path in PROGRAMS) && !OTHERS.includes(path))).toEqual([]);
});

test.each(Object.entries(PROGRAMS))('%s tells in words, without a stack trace or colours', (_program, command) => {
  const { status, stdout, stderr } = run(command);
  expect(status).not.toBeNull();
  expect(stdout + stderr).not.toMatch(TRACE);
  expect(stdout + stderr).not.toContain('\u001b[');
  if (
    command.endsWith('--help') &&
    !/litellm\.ts|test\.ts|-image|docker-daemon|coder-server|provider-mirror|firewall/.test(command)
  )
    expect(status).toBe(0);
});

/** Every program of ours prints through the same few lines, so three of them are tried in each way. */
const PRINTING = [
  'node bin/gateway --help',
  'node --import tsx demo/main.ts --help',
  'node --import tsx demo/stop.ts --help',
];

test.each(PRINTING)('%s says that a full disk took its output, and does not end well', (command) => {
  const { status, stderr } = run(`${command} >/dev/full`);
  expect(stderr).not.toMatch(TRACE);
  expect(stderr).toContain('standard output cannot be written (ENOSPC)');
  expect(status).not.toBe(0);
});

test.each(PRINTING)('%s ends without a word where its reader has gone', (command) => {
  expect(run(`${command} | true`).stderr).toBe('');
});

test.each([
  ['node bin/gateway keys --no-such-option', 2],
  ['node --import tsx demo/main.ts --no-such-option', 1],
  ['node --import tsx demo/stop.ts --no-such-option', 2],
  ['GATEWAY_SETTINGS=/dev/null/nowhere node bin/synth', 1],
])('%s keeps its exit code where its complaint cannot be written', (command, code) => {
  expect(run(`${command} 2>/dev/full`).status).toBe(code);
});

test('a command of gateway whose output is lost ends with 74, in JSON where that was asked for', () => {
  const { status, stderr } = run('node bin/gateway completion bash --json >/dev/full');
  expect(status).toBe(74);
  expect(JSON.parse(stderr).error).toMatchObject({ exit_code: 74 });
});

test('synth makes the folders of its output, and says which it cannot use', () => {
  expect(run('node bin/synth', { CDKTF_OUTDIR: join(folder, 'a/b/c') }).status).toBe(0);
  expect(readdirSync(join(folder, 'a/b/c'))).toContain('stacks');
  const file = join(folder, 'file');
  writeFileSync(file, '');
  for (const outdir of [file, join(file, 'out'), '/dev/null/nowhere/out']) {
    const { status, stderr } = run('node bin/synth', { CDKTF_OUTDIR: outdir });
    expect(status).toBe(1);
    expect(stderr).toContain(outdir);
    expect(stderr).toContain('cannot be used');
    expect(stderr).not.toMatch(TRACE);
  }
});

test.each([
  ['node bin/synth', { GATEWAY_SETTINGS: '/dev/null/nowhere/gateway.yaml' }],
  ['node bin/gateway diagram --settings /dev/null/nowhere/gateway.yaml', {}],
  ['node --import tsx demo/main.ts --settings /dev/null/nowhere/gateway.yaml', {}],
  ['node --import tsx demo/main.ts --directory /dev/null/nowhere', {}],
  // Where Node's own recursive mkdir never returns (there is no such place on macOS, where this is like the line before).
  ['node --import tsx demo/main.ts --directory /proc/nowhere', {}],
  ['npm run --silent demo', { TMPDIR: '/dev/null/nowhere' }],
  ['node --import tsx demo/main.ts', { GATEWAY_CACHE_DIR: '/dev/null/nowhere' }],
  ['node bin/gateway init --settings /dev/null/nowhere/gateway.yaml', {}],
  ['node bin/gateway keys bootstrap /dev/null/nowhere/users.csv', { GATEWAY_ADMIN_TOKEN: 'x' }],
  [
    'node bin/gateway spend audit --report /dev/null/nowhere/bill.csv',
    { GATEWAY_DATABASE_URL: 'postgres://127.0.0.1:9/x' },
  ],
  ['node bin/gateway keys list --secrets-file /dev/null/nowhere', {}],
  ['scripts/template.sh /dev/null/nowhere', {}],
])('what is not there or cannot be written is named: %s %j', (command, more) => {
  const { status, stdout, stderr } = run(command, more);
  expect(status).toBeGreaterThan(0);
  expect(stdout + stderr).toContain('nowhere');
  expect(stdout + stderr).not.toMatch(TRACE);
});

test('a folder that was deleted and a home that is not there stop no command that needs neither', () => {
  const gone = mkdtempSync(join(folder, 'gone-'));
  const program = `rmdir ${gone}; "$NODE" ${join(root, 'bin/gateway')} models --json`;
  const { status, stderr } = run(program, { HOME: '/dev/null/nowhere' }, gone);
  expect(stderr).not.toMatch(TRACE);
  expect(status).not.toBeNull();
  expect(
    run('node bin/gateway models', { HOME: '/dev/null/nowhere', XDG_CACHE_HOME: '/dev/null/nowhere' }).status,
  ).toBe(0);
});

test('every npm script and make target is a program of the lists, or one of npm', () => {
  const known = [...Object.keys(PROGRAMS), ...OTHERS, 'settings/write-schema.ts', 'bench/'];
  const makefile = readFileSync(join(root, 'Makefile'), 'utf8');
  const started = [
    ...Object.values(manifest.scripts),
    ...makefile.split('\n').filter((line) => line.startsWith('\t')),
  ].flatMap((line) => line.match(/\b(?:bin|scripts|demo|settings)\/[\w./-]+/g) ?? []);
  expect(started.filter((path) => !known.some((name) => path.startsWith(name)))).toEqual([]);
});

test('every script has the line endings that its interpreter reads, whatever git converts on this machine', () => {
  const clone = join(folder, 'windows');
  execFileSync(
    'git',
    ['-c', 'core.autocrlf=true', '-c', 'core.eol=crlf', 'clone', '--quiet', '--no-local', root, clone],
    {
      stdio: 'pipe',
    },
  );
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: clone, encoding: 'utf8' }).split('\0').filter(Boolean);
  const text = files.filter((file) => statSync(join(clone, file)).isFile());
  const crlf = text.filter((file) => {
    const content = readFileSync(join(clone, file));
    return !content.subarray(0, 8000).includes(0) && content.includes('\r\n');
  });
  expect(text.filter((file) => file.endsWith('.sh')).length).toBeGreaterThan(10);
  expect(crlf).toEqual([]);
});
