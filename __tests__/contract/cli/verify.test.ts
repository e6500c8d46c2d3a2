import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalog } from '../../../catalog/catalog';
import { send } from '../support/requests';
import { type Gateway, startGateway } from '../support/start-gateway';
import { addresses, gateway as cli, onTerminal, ROOT, type RunOptions } from './run-cli';

let running: Gateway;
let env: Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), 'gateway-verify-'));
const settings = join(folder, 'gateway.yaml');
const served = catalog.map(({ name }) => name).filter((name) => !name.startsWith('bedrock-'));

beforeAll(async () => {
  const providers = { anthropic: { credentials: 'variable' }, bedrock: { credentials: 'off' } };
  writeFileSync(settings, JSON.stringify({ providers }));
  running = await startGateway({ keyProvisioner: true, settings: { providers } });
  env = addresses(running);
});
afterAll(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const verify = (arguments_: string[], options: RunOptions = {}) =>
  cli(['verify', '--settings', settings, ...arguments_], { env, ...options });
const keysLeft = async () =>
  (await send('GET', `${running.provisionerUrl}/api/v1/admin/keys`, running.adminToken)).body.keys;

test('a good deployment passes, every model is asked, and the key made for it is gone', async () => {
  const report = join(folder, 'verify.xml');
  const { code, stdout, stderr } = await verify(['--junit', report], { env });
  expect(stdout).toContain('0 failed');
  expect(code).toBe(0);
  expect(stderr).toMatch(new RegExp(`sending two requests to each of ${served.length} models costs at most \\$\\d`));
  for (const name of served) expect(stdout).toMatch(new RegExp(`✔ ${name} answers · (<)?\\$`));
  expect(stdout).toContain('✔ claude-sonnet-4-5 answers in a stream');
  expect(stdout).toContain('✔ claude-sonnet-4-5 answers on /v1/messages');
  // A mock has no model behind it that could call a tool; saying "pass" would be a lie.
  expect(stdout).toContain('– claude-sonnet-4-5 calls a tool · answered by the gateway itself');
  expect(await keysLeft()).toEqual([]);
  const xml = readFileSync(report, 'utf8');
  expect(xml).toContain('failures="0"');
  expect(xml).toMatch(/<testcase [^>]*name="the gateway answers"/);
});

test('without money: nothing is asked, everything else is', async () => {
  const { code, stdout, stderr } = await verify(['--free', '--json'], { env });
  expect(code).toBe(0);
  expect(stderr).toBe('');
  const { results, failed } = JSON.parse(stdout);
  expect(failed).toBe(0);
  expect(results.map(({ title }: { title: string }) => title)).not.toContain('claude-sonnet-4-5 answers');
});

test('without an admin credential a virtual key is enough for most of it', async () => {
  const { body } = await send('POST', `${running.provisionerUrl}/api/v1/admin/keys`, running.adminToken, {
    scope: 'ci',
    subject: 'verify-me',
    models: served,
  });
  const { code, stdout } = await cli(['verify', '--settings', settings, '--model', 'claude-haiku-4-5'], {
    env: { ...env, GATEWAY_ADMIN_TOKEN: '', GATEWAY_API_KEY: body.key },
    cwd: folder,
  });
  expect(stdout).toContain('– a key is issued · GATEWAY_API_KEY is used instead');
  expect(stdout).toContain('✔ claude-haiku-4-5 answers');
  expect(code).toBe(0);
  await send('DELETE', `${running.provisionerUrl}/api/v1/admin/keys/ci-verify-me`, running.adminToken);
});

test('on a terminal the checks are drawn and the result is the same', async () => {
  const { code, stdout } = await onTerminal(['verify', '--settings', settings, '--model', 'claude-haiku-4-5'], 70, {
    env,
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(/0 failed, \d+ skipped/);
});

test('Ctrl-C in the middle takes the key of the checks away', async () => {
  const { code } = await verify([], {
    env,
    whileRunning: (child) =>
      child.stdout?.on('data', (text: string) => {
        if (text.includes('a key is issued')) child.kill('SIGINT');
      }),
  });
  expect(code).toBe(130);
  expect(await keysLeft()).toEqual([]);
});

test('a reader that leaves early is no error', async () => {
  const { code, stderr } = await verify(['--model', 'claude-haiku-4-5'], {
    whileRunning: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
  });
  expect(stderr).not.toContain('EPIPE');
  expect(code).toBe(0);
  expect(await keysLeft()).toEqual([]);
});

test('a model that is not served is a wrong argument', async () => {
  const { code, stderr } = await verify(['--model', 'gpt-4'], { env });
  expect(code).toBe(2);
  expect(stderr).toContain('served are claude-sonnet-4-5');
});

test('a deployment made from other settings is told apart by the models it serves', async () => {
  const { code, stdout } = await cli(['verify', '--free', '--json', '--settings', join(ROOT, 'gateway.yaml')], { env });
  expect(code).toBe(1);
  const failed = JSON.parse(stdout).results.filter(({ status }: { status: string }) => status === 'fail');
  expect(failed.map(({ title }: { title: string }) => title)).toEqual(['a key is issued']);
  expect(failed[0].detail).toMatch(/bedrock-claude-sonnet.*deployed from other settings/);
});
