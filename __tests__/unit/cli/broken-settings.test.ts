import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildProgram } from '../../../cli/program';
import { parseSettings } from '../../../settings/load';
import { gatewayInProcess, type InProcessOptions, testContext } from './in-process';

// A gateway.yaml that is broken must never be taken for one that is not there: every command would then work with another port,
// other models or another name than the deployment has.

const folder = mkdtempSync(join(tmpdir(), 'gateway-broken-'));
const empty = mkdtempSync(join(tmpdir(), 'gateway-empty-'));
afterAll(() => {
  for (const path of [folder, empty]) rmSync(path, { recursive: true, force: true });
});
const BROKEN = 'providers: { anthropic: { credentials: variable } }\nlitelm: { port: 4001 }\n';
writeFileSync(join(folder, 'gateway.yaml'), BROKEN);
writeFileSync(join(folder, 'users.csv'), 'username\nada\n');

/** What the loader says of it, for every command the same. */
const MESSAGE = (() => {
  try {
    parseSettings(BROKEN);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('these settings should be broken');
})();

/** Nothing may be sent; what is sent nevertheless is recorded, and refused. */
function recorder() {
  const sent: string[] = [];
  const http: InProcessOptions['http'] = async (target) => {
    sent.push(target.href);
    throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  };
  return { http, sent };
}

const CREDENTIALS = { GATEWAY_ADMIN_TOKEN: 'x', CODER_SESSION_TOKEN: `a1b2c3d4e5-${'x'.repeat(22)}` };
const ADDRESSES = { GATEWAY_URL: 'http://127.0.0.1:9', GATEWAY_PROVISIONER_URL: 'http://127.0.0.1:9' };

/** Commands that need the address of the key-provisioner, and nothing else of the settings. */
const NEED_AN_ADDRESS = [
  ['keys', 'create', 'ci', 'acme/web'],
  ['keys', 'create', 'agent', 'review'],
  ['keys', 'create', 'user', 'ada'],
  ['keys', 'bootstrap', 'users.csv'],
  ['keys', 'list'],
  ['keys', 'info', 'ci-acme/web'],
  ['keys', 'revoke', 'ci-acme/web'],
  ['keys', 'restore', 'ci-acme/web'],
  ['keys', 'reset-spend', 'ci-acme/web', '--yes'],
  ['keys', 'delete', 'ci-acme/web', '--yes'],
  ['keys', 'rotate', 'ci-acme/web', '--yes'],
  ['keys', 'reconcile'],
  ['generate-key'],
];
/** Commands that need the settings themselves. */
const NEED_SETTINGS = [
  ...[['verify'], ['doctor'], ['models'], ['diagram'], ['init'], ['demo'], ['manifests']],
  ...[
    ['spend', 'audit'],
    ['spend', 'corrections'],
    ['secrets', 'push'],
    ['secrets', 'check'],
  ],
];
/** Commands that need neither. `review` compares commits, each with settings of its own. */
const NEED_NEITHER = ['completion', 'review'];

const said = (stderr: string) => JSON.parse(stderr).error as { message: string; exit_code: number };

test.each([...NEED_AN_ADDRESS, ...NEED_SETTINGS].map((words) => [words.join(' '), words] as const))(
  'gateway %s reports a broken gateway.yaml, and sends nothing',
  async (_, words) => {
    const { http, sent } = recorder();
    const { code, stdout, stderr } = await gatewayInProcess([...words, '--json'], CREDENTIALS, { cwd: folder, http });
    expect(stdout).toBe('');
    expect(said(stderr)).toEqual({ message: MESSAGE, exit_code: 2 });
    expect(code).toBe(2);
    expect(sent).toEqual([]);
  },
);

test.each(NEED_AN_ADDRESS.map((words) => [words.join(' '), words] as const))(
  'gateway %s does not read gateway.yaml where the environment gives the address',
  async (_, words) => {
    const { http, sent } = recorder();
    const env = { ...CREDENTIALS, ...ADDRESSES };
    const { code, stderr } = await gatewayInProcess([...words, '--json'], env, { cwd: folder, http });
    expect(said(stderr).message).toContain('the key-provisioner at http://127.0.0.1:9 cannot be reached');
    expect(code).toBe(4);
    expect(sent).toHaveLength(1);
  },
);

test.each(NEED_SETTINGS.map((words) => [words.join(' '), words] as const))(
  'gateway %s needs the settings themselves, whatever addresses the environment gives',
  async (_, words) => {
    const { http, sent } = recorder();
    const env = { ...CREDENTIALS, ...ADDRESSES };
    const { code, stderr } = await gatewayInProcess([...words, '--json'], env, { cwd: folder, http });
    expect(said(stderr).message).toBe(MESSAGE);
    expect(code).toBe(2);
    expect(sent).toEqual([]);
  },
);

test('where there is no gateway.yaml, the usual port is used', async () => {
  const { http, sent } = recorder();
  await gatewayInProcess(['keys', 'list', '--json'], CREDENTIALS, { cwd: empty, http });
  expect(sent).toEqual([expect.stringMatching(/^http:\/\/localhost:8100\//)]);
});

test('a gateway.yaml that cannot be read is not taken for one that is missing', async () => {
  const directory = mkdtempSync(join(folder, 'directory-'));
  mkdirSync(join(directory, 'gateway.yaml'));
  const { http, sent } = recorder();
  const { code, stderr } = await gatewayInProcess(['keys', 'list'], CREDENTIALS, { cwd: directory, http });
  expect(stderr).toContain('cannot be read (EISDIR)');
  expect(code).toBe(2);
  expect(sent).toEqual([]);
});

test('a link to a settings file that is gone is not taken for a missing one either', async () => {
  const directory = mkdtempSync(join(folder, 'link-'));
  symlinkSync('elsewhere.yaml', join(directory, 'gateway.yaml'));
  const { code, stderr } = await gatewayInProcess(['keys', 'list'], CREDENTIALS, { cwd: directory });
  expect(stderr).toContain('cannot be read (ENOENT)');
  expect(code).toBe(2);
});

test.each([[['--settings', join(folder, 'gateway.yaml')]], [[`--settings=${join(folder, 'gateway.yaml')}`]]])(
  'the demo reports broken settings that were named: %j',
  async (words) => {
    const { code, stderr } = await gatewayInProcess(['demo', ...words], {}, { cwd: empty });
    expect(stderr).toContain('did you mean "litellm"?');
    expect(code).toBe(2);
  },
);

test('completion works beside a broken gateway.yaml', async () => {
  const { code, stdout } = await gatewayInProcess(['completion', 'bash'], {}, { cwd: folder });
  expect(stdout).toContain('complete -o default -F _gateway gateway');
  expect(code).toBe(0);
});

test('every command is in one of these lists', () => {
  const listed = [...NEED_AN_ADDRESS, ...NEED_SETTINGS].map(([command = '']) => command);
  const { commands } = buildProgram(testContext().context);
  const keys = commands.find((command) => command.name() === 'keys')?.commands.map((command) => command.name());
  expect([...new Set([...listed, ...NEED_NEITHER])].sort()).toEqual(commands.map((command) => command.name()).sort());
  expect([...new Set(NEED_AN_ADDRESS.flatMap(([first, second]) => (first === 'keys' ? second : [])))].sort()).toEqual(
    [...(keys ?? [])].sort(),
  );
});
