import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StandInCoder, startStandInCoder } from '../key-provisioner/stand-in-coder';
import { chat, send } from '../support/requests';
import { type Gateway, startGateway } from '../support/start-gateway';
import { gateway as cli, onTerminal, type RunOptions } from './run-cli';

const session = (person: string) => `${person.padEnd(10, '0')}-${person.padEnd(22, 'x')}`;
const folder = mkdtempSync(join(tmpdir(), 'gateway-self-service-'));
let coder: StandInCoder;
let running: Gateway;

beforeAll(async () => {
  coder = await startStandInCoder();
  for (const username of ['ada', 'grace', 'lin', 'max']) {
    coder.sessions.set(session(username), { id: `id-of-${username}`, username, status: 'active' });
  }
  coder.sessions.set(session('gone'), { id: 'id-of-gone', username: 'gone', status: 'suspended' });
  running = await startGateway({ keyProvisioner: { CODER_URL: coder.url, CODER_TOKEN: coder.token } });
});
afterAll(async () => {
  await running?.stop();
  await coder?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  coder.failure = undefined;
});

/** As a person has it: no admin credential, a home of their own. */
const person = (env: Record<string, string> = {}) => ({
  GATEWAY_PROVISIONER_URL: running.provisionerUrl,
  HOME: folder,
  ...env,
});
const generate = (env: Record<string, string>, ...arguments_: string[]) =>
  cli(['generate-key', ...arguments_], { env: person(env), cwd: folder });

test("a person gets their own key for their session, with a user's limits, and the same one again", async () => {
  const first = await generate({ CODER_SESSION_TOKEN: session('ada') }, 'for my laptop', '--json');
  expect(first).toMatchObject({ code: 0, stderr: '' });
  const issued = JSON.parse(first.stdout);
  expect(issued).toMatchObject({ name: 'user-id-of-ada', reused: false, max_budget: 20, rpm_limit: 100 });
  expect((await chat(running.url, issued.key, 'claude-haiku-4-5')).status).toBe(200);
  const again = JSON.parse((await generate({ CODER_SESSION_TOKEN: session('ada') }, '--json')).stdout);
  expect(again).toMatchObject({ key: issued.key, reused: true });
});

test('the token that `coder login` left behind is enough, and the key goes into a file for its owner alone', async () => {
  writeFileSync(join(folder, 'session'), `${session('grace')}\n`);
  const file = join(folder, 'grace.key');
  const { code, stdout } = await generate({ CODER_CONFIG_DIR: folder }, '--output', file);
  expect(code).toBe(0);
  const key = readFileSync(file, 'utf8').trim();
  expect(stdout).not.toContain(key);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await chat(running.url, key, 'claude-haiku-4-5')).status).toBe(200);
});

test('a token typed on a terminal is not shown, and the key is', async () => {
  const typing: RunOptions = {
    env: person(),
    cwd: folder,
    keepOpen: true,
    whileRunning: (child) =>
      child.stdout?.on('data', (text: string) => {
        if (text.includes('session token')) setTimeout(() => child.stdin?.write(`${session('lin')}\r`), 300);
      }),
  };
  const { code, stdout } = await onTerminal(['generate-key'], 90, typing);
  expect(code).toBe(0);
  expect(stdout).not.toContain(session('lin'));
  const key = /^ {2}(sk-\S+)\r$/m.exec(stdout)?.[1] as string;
  expect((await chat(running.url, key, 'claude-haiku-4-5')).status).toBe(200);
});

test.each([
  ['a session that has ended', () => session('never'), /coder login/],
  ['a suspended person', () => session('gone'), /suspended|not active|403|may not/i],
])('%s is refused with code 3', async (_who, token, said) => {
  const { code, stdout, stderr } = await generate({ CODER_SESSION_TOKEN: token() }, '--json');
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(said);
  expect(stderr).not.toContain(token());
});

test('a key an operator revoked is not to be had again', async () => {
  const token = { CODER_SESSION_TOKEN: session('max') };
  const { name } = JSON.parse((await generate(token, '--json')).stdout);
  await send('POST', `${running.provisionerUrl}/api/v1/admin/keys/${name}/revoke`, running.adminToken);
  const { code, stderr } = await generate(token, '--json');
  expect(code).toBe(3);
  expect(stderr).toContain('revoked');
});

test('while Coder fails the answer is 4: try again', async () => {
  coder.failure = 500;
  const { code, stderr } = await generate({ CODER_SESSION_TOKEN: session('ada') }, '--json');
  expect(code).toBe(4);
  expect(JSON.parse(stderr).error.message).toMatch(/Coder/);
});
