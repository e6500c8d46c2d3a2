import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chat, send } from '../support/requests';
import { type Gateway, startGateway } from '../support/start-gateway';
import { Client, newWorkspace, tally } from './client';

const HAIKU = 'claude-haiku-4-5';
let gateway: Gateway;
let client: Client;
/** Every key this suite was given, to be looked for in the log. */
const secrets = new Set<string>();
beforeAll(async () => {
  gateway = await startGateway({ keyProvisioner: { LOG_LEVEL: 'trace' } });
  client = new Client(gateway);
});
afterAll(() => gateway?.stop());

const create = async (body: object) => {
  const reply = await client.admin('POST', '/keys', body);
  if (reply.body.key) secrets.add(reply.body.key);
  return reply;
};

test.each([
  [{ scope: 'ci', subject: 'org/repo' }, 'ci-org/repo', 5, 30, [HAIKU]],
  [{ scope: 'agent:review' }, 'agent-review', 15, 40, ['claude-sonnet-4-5', HAIKU]],
  [{ scope: 'agent:write' }, 'agent-write', 30, 60, expect.arrayContaining(['claude-opus-4'])],
  [{ scope: 'user', subject: 'c0ffee', username: 'ann' }, 'user-c0ffee', 20, 100, expect.arrayContaining([HAIKU])],
])('a service key for %j has the limits of its scope and stays the same', async (body, name, budget, rpm, models) => {
  const first = await create(body);
  expect([first.status, first.body]).toEqual([
    201,
    expect.objectContaining({ name, max_budget: budget, rpm_limit: rpm, models, reused: false }),
  ]);
  const second = await create(body);
  expect([second.status, second.body.key, second.body.reused]).toEqual([200, first.body.key, true]);
  const days = (Date.parse(first.body.expires) - Date.now()) / 86_400_000;
  expect(Math.round(days)).toBe(body.scope === 'user' ? 90 : 365);
});

test('limits asked for hold until others are asked for, also across rotation', async () => {
  const body = { scope: 'ci', subject: 'org/special' };
  const first = await create({ ...body, max_budget: 2, rpm_limit: 5, models: ['claude-sonnet-4-5'], duration: '7d' });
  expect(first.body).toMatchObject({ max_budget: 2, rpm_limit: 5, models: ['claude-sonnet-4-5'] });
  expect((await create(body)).body).toMatchObject({ key: first.body.key, max_budget: 2, rpm_limit: 5 });
  const rotated = await client.operate('POST', 'ci-org/special', 'rotate');
  secrets.add(rotated.body.key);
  expect(rotated.body).toMatchObject({ max_budget: 2, rpm_limit: 5, models: ['claude-sonnet-4-5'] });
  expect((await create({ ...body, max_budget: 3 })).body).toMatchObject({ key: rotated.body.key, max_budget: 3 });
});

test.each([
  [{ scope: 'ci' }, 'subject', 'repository'],
  [{ scope: 'agent:review', subject: 'x' }, 'subject', 'there is only one such key'],
  [{ scope: 'workspace', subject: 'x' }, 'scope', '"ci"'],
  [{ scope: 'ci', subject: 'a', models: ['gpt'] }, 'models', 'claude-haiku-4-5'],
  [{ scope: 'ci', subject: 'a', models: [] }, 'models', '>=1'],
  [{ scope: 'ci', subject: 'a', max_budget: 0 }, 'max_budget', '>=0.000001'],
  [{ scope: 'ci', subject: 'a', models: [''] }, 'models', 'claude-haiku-4-5'],
  [{ scope: 'ci', subject: 'a', max_budget: 500 }, 'max_budget', 'gateway.yaml allows (30'],
  [{ scope: 'ci', subject: 'a', duration: 'soon' }, 'duration', 'such as'],
  [{ scope: 'ci', subject: 'a', blocked: true }, 'blocked', 'known fields are scope, subject'],
])('%j is refused, naming %s', async (body, field, message) => {
  const reply = await create(body);
  expect(reply.status).toBe(422);
  expect(reply.body.errors).toContainEqual({ field, detail: expect.stringContaining(message) });
});

test('the list is paged and filtered by scope, owner and state', async () => {
  const owner = newWorkspace().owner_id;
  for (let index = 0; index < 3; index += 1) secrets.add(await client.key(newWorkspace(owner)));
  await create({ scope: 'ci', subject: 'org/listed' });
  await client.operate('POST', 'ci-org/listed', 'revoke');
  // A key created elsewhere is not one of ours.
  await send('POST', `${gateway.url}/key/generate`, gateway.masterKey, { key_alias: 'workspace-by-hand' });

  const names = async (query: string) =>
    (await client.admin('GET', `/keys?${query}`)).body.keys.map(({ name }: { name: string }) => name);
  const first = await client.admin('GET', `/keys?owner=${owner}&page_size=2`);
  expect(first.body).toMatchObject({ total: 3, total_pages: 2, page: 1, page_size: 2 });
  const second = await names(`owner=${owner}&page_size=2&page=2`);
  expect(second).toHaveLength(1);
  expect(first.body.keys.map(({ name }: { name: string }) => name)).not.toContain(second[0]);
  expect(await names(`owner=${owner}&page=9`)).toEqual([]);
  expect(await names('scope=ci&state=revoked')).toEqual(['ci-org/listed']);
  expect(await names('scope=agent:review')).toEqual(['agent-review']);
  expect(await names(`scope=ci&owner=${owner}`)).toEqual([]);
  expect(await names('page_size=100')).not.toContain('workspace-by-hand');
  const { body } = await client.admin('GET', '/keys?page_size=100');
  expect(JSON.stringify(body)).not.toMatch(/sk-/);
});

test.each([
  'page=0',
  'page=100001',
  'owner=a%00',
  'page_size=101',
  'page=x',
  'scope=team',
  'state=blocked',
  'colour=red',
])('a list with %s is refused', async (query) => {
  expect((await client.admin('GET', `/keys?${query}`)).status).toBe(422);
});

test('revoke, restore, rotate and delete take effect at once and survive each other', async () => {
  const key = (await create({ scope: 'ci', subject: 'org/lifecycle' })).body.key;
  const name = 'ci-org/lifecycle';
  const works = async (candidate: string) => (await chat(gateway.url, candidate, HAIKU)).status === 200;
  expect(await works(key)).toBe(true);
  expect((await client.operate('POST', name, 'revoke')).body.state).toBe('revoked');
  expect(await works(key)).toBe(false);
  expect((await create({ scope: 'ci', subject: 'org/lifecycle' })).status).toBe(409);
  expect((await client.operate('POST', name, 'rotate')).status).toBe(409);
  expect((await client.operate('POST', name, 'revoke')).body.state).toBe('revoked');
  expect((await client.operate('POST', name, 'restore')).body.state).toBe('active');
  expect(await works(key)).toBe(true);
  const rotated = (await client.operate('POST', name, 'rotate')).body.key;
  secrets.add(rotated);
  expect([await works(key), await works(rotated)]).toEqual([false, true]);
  expect((await client.operate('GET', name)).body).toMatchObject({ generation: 2, state: 'active', person: null });
  expect((await client.operate('DELETE', name)).status).toBe(204);
  expect(await works(rotated)).toBe(false);
  for (const [method, action] of [
    ['GET'],
    ['DELETE'],
    ['POST', 'revoke'],
    ['POST', 'restore'],
    ['POST', 'rotate'],
    ['POST', 'reset-spend'],
  ] as const) {
    expect((await client.operate(method, name, action)).status).toBe(404);
  }
});

test('a name that no key can have is 404 and says which names there are', async () => {
  const reply = await client.operate('GET', 'team-x');
  expect(reply.status).toBe(404);
  expect(reply.body.detail).toContain('workspace-<id>');
});

test('bootstrap makes keys for the new, tells who was there, and can be repeated', async () => {
  const users = [
    { username: 'ann' },
    { username: 'bob', user_id: 'b0b', max_budget: 7, rpm_limit: 3 },
    { username: 'eve' },
  ];
  const first = await client.admin('POST', '/keys/bootstrap', { users });
  for (const { key } of first.body.created) secrets.add(key);
  expect(first.body.created.map(({ username }: { username: string }) => username).sort()).toEqual([
    'ann',
    'bob',
    'eve',
  ]);
  expect(first.body.created.find(({ username }: { username: string }) => username === 'bob')).toMatchObject({
    name: 'user-b0b',
    max_budget: 7,
    rpm_limit: 3,
  });
  await client.operate('POST', 'user-eve', 'revoke');
  const second = await client.admin('POST', '/keys/bootstrap', { users: [...users, { username: 'new' }] });
  for (const { key } of second.body.created) secrets.add(key);
  expect(second.body.created.map(({ username }: { username: string }) => username)).toEqual(['new']);
  expect(second.body.existing).toContainEqual({ username: 'eve', name: 'user-eve', state: 'revoked' });
  expect(second.body.existing).toHaveLength(3);
  expect(second.body.failed).toEqual([]);
  const { body } = await client.operate('GET', 'user-b0b');
  expect(body).toMatchObject({ owner: 'b0b', username: 'bob', person: { max_budget: 40 } });
});

test('two bootstraps at once give each person one key', async () => {
  const users = Array.from({ length: 12 }, (_, index) => ({ username: `twin-${index}` }));
  const [one, two] = await Promise.all([0, 1].map(() => client.admin('POST', '/keys/bootstrap', { users })));
  for (const { key } of [...one!.body.created, ...two!.body.created]) secrets.add(key);
  expect(one!.body.created.length + one!.body.existing.length).toBe(12);
  expect(one!.body.created.length + two!.body.created.length).toBe(12);
});

test('operations on one key at the same time as its holder starts and rotates end in one clear state', async () => {
  const workspace = newWorkspace();
  const name = `workspace-${workspace.workspace_id}`;
  secrets.add(await client.key(workspace));
  const replies = await Promise.all([
    ...Array.from({ length: 5 }, () => client.start(workspace)),
    client.rotate(workspace),
    client.operate('POST', name, 'revoke'),
    ...Array.from({ length: 5 }, () => client.start(workspace)),
  ]);
  for (const { body } of replies) if (body.key) secrets.add(body.key);
  for (const status of Object.keys(tally(replies))) expect(['200', '403']).toContain(status);
  expect((await client.operate('GET', name)).body.state).toBe('revoked');
  expect((await client.start(workspace)).status).toBe(403);
  for (const key of secrets) {
    const { status, body } = await client.info(key);
    if (status === 200 && body.name === name) expect(body.state).toBe('revoked');
  }
});

test('the log has every decision and no secret', () => {
  const log = readFileSync(join(gateway.directory, 'key-provisioner.log'), 'utf8');
  for (const secret of [
    ...secrets,
    gateway.masterKey,
    gateway.adminToken,
    gateway.workspaceIdentitySecret,
    gateway.keyDerivationSecret,
  ]) {
    expect(log.includes(secret)).toBe(false);
  }
  expect(secrets.size).toBeGreaterThan(20);
  expect(log).not.toMatch(/sk-[\w-]{8,}/);
  const decisions = log
    .split('\n')
    .filter((line) => line.includes('"audit"'))
    .map((line) => JSON.parse(line).audit);
  for (const action of ['issue', 'create', 'bootstrap', 'revoke', 'restore', 'rotate', 'delete']) {
    expect(decisions).toContainEqual(
      expect.objectContaining({
        action,
        actor: expect.any(String),
        key: expect.any(String),
        outcome: expect.any(String),
      }),
    );
  }
  expect(decisions).toContainEqual(expect.objectContaining({ action: 'issue', outcome: 'refused' }));
  // What LiteLLM's upper bounds refuse is a refusal too, and no fault.
  expect(decisions).toContainEqual(expect.objectContaining({ action: 'create', key: 'ci-a', outcome: 'refused' }));
  expect(decisions.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
});
