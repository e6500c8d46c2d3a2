import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client as DatabaseClient } from 'pg';
import { chat, eventually, send } from '../support/requests';
import { type Gateway, startGateway } from '../support/start-gateway';
import { Client, newWorkspace, tally } from './client';

// What was wrong with the service that this one replaces, by the numbers of its defect list. The rest of that list is about
// images, networks, the template and the command line, and is tested with those.

const HAIKU = 'claude-haiku-4-5';
const ROOT = join(__dirname, '../../..');
let gateway: Gateway;
let client: Client;
beforeAll(async () => {
  gateway = await startGateway({ keyProvisioner: true });
  client = new Client(gateway);
});
afterAll(() => gateway?.stop());

test('D-01: the second start of a workspace gets its key, and a changed model reaches its agents', async () => {
  const workspace = newWorkspace();
  const key = await client.key(workspace);
  expect((await client.start(workspace)).body).toMatchObject({ key, reused: true });
  for (const model of [HAIKU, 'claude-sonnet-4-5']) {
    const { body } = await client.configure(workspace, { agents: ['roo-code'], model });
    const file = body.files.find(({ path }: { path: string }) => path.endsWith('roo-code/settings.json'));
    expect(JSON.stringify(JSON.parse(file.content))).toContain(`"${model}"`);
  }
});

test.each(['ADMIN_TOKEN', 'WORKSPACE_IDENTITY_SECRET', 'KEY_DERIVATION_SECRET', 'LITELLM_MASTER_KEY'])(
  'D-03, D-15: without %s the service does not start, and says so',
  (name) => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'images/key-provisioner/src/server.ts'],
      {
        cwd: ROOT,
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          LITELLM_URL: gateway.url,
          LITELLM_MASTER_KEY: gateway.masterKey,
          ADMIN_TOKEN: gateway.adminToken,
          WORKSPACE_IDENTITY_SECRET: gateway.workspaceIdentitySecret,
          KEY_DERIVATION_SECRET: gateway.keyDerivationSecret,
          GATEWAY_CONFIGURATION: join(gateway.directory, 'gateway.json'),
          [name]: '',
        },
      },
    );
    expect(status).toBe(1);
    expect(stderr).toContain(name);
    expect(stderr).not.toContain('    at ');
  },
);

test('D-04: list, revoke and rotate work for operators, and say so when there is nothing', async () => {
  await client.admin('POST', '/keys', { scope: 'ci', subject: 'd04' });
  expect((await client.admin('GET', '/keys?scope=ci')).body.keys[0]).toMatchObject({ name: 'ci-d04', state: 'active' });
  expect((await client.operate('POST', 'ci-d04', 'rotate')).status).toBe(200);
  expect((await client.operate('POST', 'ci-d04', 'revoke')).body.state).toBe('revoked');
  expect((await client.operate('POST', 'ci-unheard-of', 'revoke')).status).toBe(404);
});

test('D-05: a second bootstrap changes nothing', async () => {
  const users = [{ username: 'd05' }];
  const { key } = (await client.admin('POST', '/keys/bootstrap', { users })).body.created[0];
  const { created, existing } = (await client.admin('POST', '/keys/bootstrap', { users })).body;
  expect([created, existing]).toEqual([[], [{ username: 'd05', name: 'user-d05', state: 'active' }]]);
  expect((await chat(gateway.url, key, HAIKU)).status).toBe(200);
});

test('D-10: one workspace can neither ask for another, nor spend in its name, nor take its place in advance', async () => {
  const [mine, theirs] = [newWorkspace(), newWorkspace()];
  const token = client.token(mine);
  for (const claim of [theirs, { ...mine, owner_id: theirs.owner_id }, { ...mine, username: theirs.username }]) {
    for (const path of ['keys/workspace', 'keys/rotate']) {
      expect((await send('POST', `${client.url}/api/v1/${path}`, token, claim)).status).toBe(401);
    }
  }
  expect((await send('GET', `${client.url}/api/v1/admin/keys`, token)).status).toBe(401);
  expect((await send('GET', `${client.url}/api/v1/admin/keys`, await client.key(mine))).status).toBe(401);
  expect((await client.start(theirs)).status).toBe(201);
});

test.each([
  ['without a password', ''],
  ["with its role's name", 'litellm'],
  ['with a usual one', 'postgres'],
])('D-13: the database rejects a login %s, even from the same machine', async (_how, password) => {
  const { hostname, port, username, pathname } = new URL(gateway.databaseUrl);
  const database = new DatabaseClient({
    host: hostname,
    port: Number(port),
    user: username,
    database: pathname.slice(1),
    password,
  });
  await expect(database.connect()).rejects.toThrow(/password/);
});

test('D-17, D-18: a workspace’s shells get neither the key nor half of what an OpenAI client reads', async () => {
  const agents = ['roo-code', 'opencode', 'claude-code'];
  const workspace = newWorkspace();
  const { body } = await client.configure(workspace, { agents, model: HAIKU });
  const key = await client.key(workspace);
  expect(JSON.stringify(body.environment)).not.toContain(key);
  expect(Object.keys(body.environment).filter((name) => name.startsWith('OPENAI_'))).toEqual([]);
  const holders = body.files.filter(({ content }: { content: string }) => content.includes(key));
  expect(holders.map(({ mode }: { mode: string }) => mode)).toEqual(holders.map(() => '0600'));
  expect(holders.length).toBeGreaterThan(0);
});

test('D-19: what LiteLLM says about a refusal is not passed on', async () => {
  const { status, body } = await client.admin('POST', '/keys', { scope: 'ci', subject: 'd19', max_budget: 500 });
  expect(status).toBe(422);
  expect(JSON.stringify(body)).not.toMatch(/user_value|litellm_settings|over max limit set in config/);
});

test('D-19: a wrong credential leaves a line in the log, and not the credential', async () => {
  const wrong = 'a-wrong-admin-token-0123456789';
  expect((await send('GET', `${client.url}/api/v1/admin/keys`, wrong)).status).toBe(401);
  const log = await eventually(async () => {
    const text = readFileSync(join(gateway.directory, 'key-provisioner.log'), 'utf8');
    expect(text).toMatch(/"credential":"operator","address":"127\.0\.0\.1","msg":"wrong credential"/);
    return text;
  }, 10);
  expect(log).not.toContain(wrong);
});

test.each(['', 'Bearer', 'Bearer ', 'Basic eDp5', 'bearer null', 'Bearer undefined'])(
  'D-15, D-19: the authorization "%s" opens nothing',
  async (authorization) => {
    for (const path of ['/api/v1/admin/keys', '/api/v1/keys/info']) {
      const response = await fetch(client.url + path, { headers: { authorization } });
      expect(response.status).toBe(401);
    }
  },
);

test('D-22, D-23: every key ends, and its budget has a window and an owner with a cap', async () => {
  const workspace = newWorkspace();
  const row = await client.row(await client.key(workspace));
  expect(row).toMatchObject({ budget_duration: '30d', user_id: workspace.owner_id });
  expect(Date.parse(row.expires)).toBeGreaterThan(Date.now());
  expect(Date.parse(row.budget_reset_at)).toBeGreaterThan(Date.now());
  const user = await send('GET', `${gateway.url}/v2/user/info?user_id=${workspace.owner_id}`, gateway.masterKey);
  expect(user.body).toMatchObject({ max_budget: 40, budget_duration: '30d' });
});

test('D-24: a revoked key does not come back with the next start', async () => {
  const workspace = newWorkspace();
  await client.key(workspace);
  await client.operate('POST', `workspace-${workspace.workspace_id}`, 'revoke');
  expect((await client.start(workspace)).status).toBe(403);
});

test('D-25, D-26: a key learns what it has spent, at the real price, cache included', async () => {
  const key = await client.key(newWorkspace());
  const { body } = await chat(gateway.url, key, HAIKU);
  const expected = (body.usage.prompt_tokens * 1 + body.usage.completion_tokens * 5) / 1e6;
  const info = await eventually(async () => {
    const reply = await client.info(key);
    expect(reply.body.spend).toBeGreaterThan(0);
    return reply.body;
  });
  expect(info.spend).toBeCloseTo(expected, 9);
  expect(readFileSync(join(gateway.directory, 'config.yaml'), 'utf8')).toContain('cache_read_input_token_cost');
});

test('D-27: what is spent is logged by LiteLLM itself, not by a callback that does not exist', () => {
  const config = readFileSync(join(gateway.directory, 'config.yaml'), 'utf8');
  expect(config).not.toContain('log_to_db');
  expect(config).toContain('disable_spend_logs: false');
});

test.each([
  ['a number as id', { workspace_id: 1, owner_id: 'o', username: 'u' }],
  ['an array', []],
  ['text', 'x'],
])('D-28: %s is a problem document, not a page of HTML', async (_what, body) => {
  const reply = await send('POST', `${client.url}/api/v1/keys/workspace`, 'token', body);
  expect(reply.status).toBe(422);
  expect(reply.headers.get('content-type')).toContain('application/problem+json');
  expect(reply.body).toMatchObject({ status: 422, title: expect.any(String), detail: expect.any(String) });
});

test('D-29: four first starts at once are four times the same key', async () => {
  const workspace = newWorkspace();
  const replies = await Promise.all([1, 2, 3, 4].map(() => client.start(workspace)));
  expect(tally(replies)).toEqual({ 201: 1, 200: 3 });
  expect(new Set(replies.map(({ body }) => body.key)).size).toBe(1);
});
