import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Derivation, hashKey } from '../../../images/key-provisioner/src/keys/derivation';
import { chat, eventually, send } from '../support/requests';
import { type Gateway, startGateway } from '../support/start-gateway';
import { Client, newWorkspace, tally, withConfiguration } from './client';

let gateway: Gateway;
let client: Client;
beforeAll(async () => {
  gateway = await startGateway({ keyProvisioner: { LOG_LEVEL: 'trace' } });
  client = new Client(gateway);
});
afterAll(() => gateway?.stop());

const HAIKU = 'claude-haiku-4-5';

test('every start of a workspace gets the same key, and the key works', async () => {
  const workspace = newWorkspace();
  const first = await client.start(workspace);
  const second = await client.start(workspace);
  expect([first.status, first.body.reused]).toEqual([201, false]);
  expect([second.status, second.body.reused]).toEqual([200, true]);
  expect(second.body.key).toBe(first.body.key);
  expect((await chat(gateway.url, first.body.key, HAIKU)).status).toBe(200);
});

test('every field of the policy arrives in LiteLLM', async () => {
  const limited = await withConfiguration(gateway, ({ policies }) => {
    Object.assign(policies.workspace, {
      max_budget: 1.5,
      budget_duration: '7d',
      rpm_limit: 7,
      tpm_limit: 7000,
      max_parallel_requests: 3,
      duration: '2d',
      models: [HAIKU],
    });
  });
  const workspace = newWorkspace();
  const { body } = await limited.start(workspace);
  const row = await client.row(body.key);
  expect(row).toMatchObject({
    max_budget: 1.5,
    budget_duration: '7d',
    rpm_limit: 7,
    tpm_limit: 7000,
    max_parallel_requests: 3,
    models: [HAIKU],
    allowed_routes: expect.arrayContaining(['/v1/chat/completions']),
    user_id: workspace.owner_id,
    status: 'active',
  });
  const days = (Date.parse(row.expires) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(1.9);
  expect(days).toBeLessThan(2.1);
  expect(body).toMatchObject({
    max_budget: 1.5,
    budget_duration: '7d',
    rpm_limit: 7,
    tpm_limit: 7000,
    models: [HAIKU],
  });
});

test('a changed policy is applied to the key at the next start, and the money spent stays', async () => {
  const workspace = newWorkspace();
  const key = await client.key(workspace);
  await chat(gateway.url, key, HAIKU);
  const spend = await eventually(async () => {
    const row = await client.row(key);
    expect(row.spend).toBeGreaterThan(0);
    return row.spend;
  });
  const stricter = await withConfiguration(gateway, ({ policies }) => {
    Object.assign(policies.workspace, { max_budget: 4, rpm_limit: 9, models: [HAIKU] });
    policies.person.max_budget = 12;
  });
  const again = await stricter.start(workspace);
  expect(again.body).toMatchObject({ key, reused: true, max_budget: 4, rpm_limit: 9, models: [HAIKU] });
  const row = await client.row(key);
  expect(row).toMatchObject({ max_budget: 4, rpm_limit: 9, models: [HAIKU], spend });
  expect((await client.info(key)).body.person).toMatchObject({ max_budget: 12 });
  expect((await chat(gateway.url, key, 'claude-sonnet-4-5')).status).toBe(400);
});

test('a lapsed key is renewed at the next start and is the same key', async () => {
  const brief = await withConfiguration(gateway, ({ policies }) => {
    policies.workspace.duration = '2s';
  });
  const workspace = newWorkspace();
  const key = await brief.key(workspace);
  await eventually(async () =>
    expect((await chat(gateway.url, key, HAIKU)).body.error?.message).toContain('this key has expired'),
  );
  expect((await client.info(key)).body.state).toBe('expired');
  const renewed = await client.start(workspace);
  expect(renewed.body).toMatchObject({ key, reused: true });
  expect((await chat(gateway.url, key, HAIKU)).status).toBe(200);
});

test('a revoked key is not renewed, by any start, until it is restored', async () => {
  const workspace = newWorkspace();
  const key = await client.key(workspace);
  const name = `workspace-${workspace.workspace_id}`;
  expect((await client.operate('POST', name, 'revoke')).body.state).toBe('revoked');
  expect((await chat(gateway.url, key, HAIKU)).status).toBe(401);
  for (let start = 0; start < 3; start += 1) {
    const refused = await client.start(workspace);
    expect([refused.status, refused.body.title]).toEqual([403, 'Key revoked']);
    expect(refused.body.detail).toContain(`gateway keys restore ${name}`);
  }
  expect((await client.rotate(workspace)).status).toBe(403);
  expect((await chat(gateway.url, key, HAIKU)).status).toBe(401);
  await client.operate('POST', name, 'restore');
  expect((await client.start(workspace)).body).toMatchObject({ key, reused: true });
  expect((await chat(gateway.url, key, HAIKU)).status).toBe(200);
});

test('200 simultaneous first starts, over two copies of the service, give one key', async () => {
  const copy = new Client(gateway, (await gateway.startKeyProvisionerCopy()).url);
  const workspace = newWorkspace();
  const replies = await Promise.all(
    Array.from({ length: 200 }, (_, index) => (index % 2 ? copy : client).start(workspace)),
  );
  expect(new Set(replies.map(({ body }) => body.key)).size).toBe(1);
  const { 201: created = 0, 200: reused = 0 } = tally(replies);
  expect(created + reused).toBe(200);
  expect(created).toBeGreaterThanOrEqual(1);
  expect(created).toBeLessThanOrEqual(2);
  const listed = await client.admin('GET', `/keys?owner=${workspace.owner_id}`);
  expect(listed.body.keys).toHaveLength(1);
  expect((await chat(gateway.url, replies[0]?.body.key, HAIKU)).status).toBe(200);
});

test('500 different workspaces at once all get a key of their own', async () => {
  const workspaces = Array.from({ length: 500 }, () => newWorkspace());
  const replies = await Promise.all(workspaces.map((workspace) => client.start(workspace)));
  expect(tally(replies)).toEqual({ 201: 500 });
  expect(new Set(replies.map(({ body }) => body.key)).size).toBe(500);
}, 400_000);

test('a key is never handed to another workspace, whatever the ids look like', async () => {
  const owners = new Map<string, string>();
  const part = fc.string({ unit: fc.constantFrom('a', 'A', '-', '/', '.', '_', '%', '*', '"', '1'), minLength: 1 });
  await fc.assert(
    fc.asyncProperty(part, part, async (workspace_id, owner_id) => {
      const identity = { workspace_id, owner_id, username: 'Zoë | "x"' };
      const { status, body } = await client.start(identity);
      expect([200, 201]).toContain(status);
      expect(owners.get(body.key) ?? workspace_id).toBe(workspace_id);
      owners.set(body.key, workspace_id);
      expect(body.name).toBe(`workspace-${workspace_id}`);
    }),
    { numRuns: 60 },
  );
});

test('an alias cannot be claimed in advance, not even with the master key', async () => {
  const workspace = newWorkspace();
  const id = { scope: 'workspace', subject: workspace.workspace_id } as const;
  const derivation = new Derivation(gateway.keyDerivationSecret);
  for (const alias of [`workspace-${workspace.workspace_id}`, derivation.alias(id, 1)]) {
    const claim = await send('POST', `${gateway.url}/key/generate`, gateway.masterKey, { key_alias: alias });
    expect(claim.status).toBe(200);
  }
  const { status, body } = await client.start(workspace);
  expect(status).toBe(201);
  expect((await chat(gateway.url, body.key, HAIKU)).status).toBe(200);
  expect((await client.start(workspace)).body).toMatchObject({ key: body.key, reused: true });
});

test('a key that was changed by hand in LiteLLM is corrected at the next start', async () => {
  const workspace = newWorkspace();
  const key = await client.key(workspace);
  const tampered = await send('POST', `${gateway.url}/key/update`, gateway.masterKey, {
    key: hashKey(key),
    key_alias: `mine-${randomUUID()}`,
    metadata: {},
    user_id: 'another-person',
    max_budget: 30,
  });
  expect(tampered.status).toBe(200);
  expect((await client.start(workspace)).body).toMatchObject({ key, max_budget: 10 });
  const row = await client.row(key);
  expect(row).toMatchObject({ user_id: workspace.owner_id, max_budget: 10 });
  expect(row.key_alias).toContain(`workspace-${workspace.workspace_id}/`);
});

test('a rename of the person changes neither key nor budget; the id counts', async () => {
  const workspace = newWorkspace();
  const key = await client.key(workspace);
  const renamed = { ...workspace, username: 'renamed' };
  expect((await client.start(renamed)).body).toMatchObject({ key, reused: true });
  expect((await client.info(key)).body).toMatchObject({ owner: workspace.owner_id, username: 'renamed' });
});

test('rotation gives another key, the old one stops, and later starts get the new one', async () => {
  const workspace = newWorkspace();
  const old = await client.key(workspace);
  const { status, body } = await client.rotate(workspace);
  expect(status).toBe(200);
  expect(body.key).not.toBe(old);
  expect(body.name).toBe(`workspace-${workspace.workspace_id}`);
  expect((await chat(gateway.url, old, HAIKU)).status).toBe(401);
  expect((await chat(gateway.url, body.key, HAIKU)).status).toBe(200);
  expect((await client.start(workspace)).body).toMatchObject({ key: body.key, reused: true });
  const soon = await client.rotate(workspace);
  expect(soon.status).toBe(429);
  expect(Number(soon.headers.get('retry-after'))).toBeGreaterThan(0);
});

test('simultaneous rotations on two copies leave exactly one working key', async () => {
  const copy = new Client(gateway, (await gateway.startKeyProvisionerCopy()).url);
  const workspace = newWorkspace();
  const old = await client.key(workspace);
  await Promise.all(Array.from({ length: 10 }, (_, index) => (index % 2 ? copy : client).rotate(workspace)));
  const current = await client.key(workspace);
  expect(current).not.toBe(old);
  const { body } = await client.admin('GET', `/keys?owner=${workspace.owner_id}`);
  expect(body.keys).toHaveLength(1);
  expect((await chat(gateway.url, current, HAIKU)).status).toBe(200);
  expect((await chat(gateway.url, old, HAIKU)).status).toBe(401);
});

test('a rotation that was interrupted after its first half is finished by the next start', async () => {
  const workspace = newWorkspace();
  const old = await client.key(workspace);
  const derivation = new Derivation(gateway.keyDerivationSecret);
  const id = { scope: 'workspace', subject: workspace.workspace_id } as const;
  const { metadata } = await client.row(old);
  const next = derivation.key(id, 2);
  await send('POST', `${gateway.url}/key/generate`, gateway.masterKey, {
    key: next,
    key_alias: derivation.alias(id, 2),
    user_id: workspace.owner_id,
    models: [HAIKU],
    metadata: { gateway: { ...metadata.gateway, generation: 2 } },
  });
  expect((await client.start(workspace)).body).toMatchObject({ key: next, reused: true, max_budget: 10 });
  expect((await chat(gateway.url, old, HAIKU)).status).toBe(401);
});

test('a secret that was rotated away or deleted never works again', async () => {
  const workspace = newWorkspace();
  const name = `workspace-${workspace.workspace_id}`;
  const dead = [await client.key(workspace)];
  dead.push((await client.operate('POST', name, 'rotate')).body.key);
  dead.push((await client.operate('POST', name, 'rotate')).body.key);
  expect((await client.operate('DELETE', name)).status).toBe(204);
  const fresh = await client.start(workspace);
  expect([fresh.status, fresh.body.reused]).toEqual([201, false]);
  expect(dead).not.toContain(fresh.body.key);
  expect(new Set(dead).size).toBe(3);
  for (const key of dead) expect((await chat(gateway.url, key, HAIKU)).status).toBe(401);
});

test('a start gives the files of each agent, with the key in owner-only files and never in the environment', async () => {
  const workspace = newWorkspace();
  const agents = ['roo-code', 'opencode', 'claude-code'];
  const { status, body } = await client.configure(workspace, { agents, model: HAIKU });
  expect(status).toBe(200);
  const key = await client.key(workspace);
  expect(body.key).toMatchObject({ reused: false, name: `workspace-${workspace.workspace_id}`, max_budget: 10 });
  expect(JSON.stringify([body.key, body.environment])).not.toContain(key);
  const holding = body.files.filter((file: { content: string }) => file.content.includes(key));
  expect(holding.length).toBeGreaterThan(0);
  for (const file of holding) expect([file.path, file.mode]).toEqual([file.path, '0600']);
  const paths = body.files.map((file: { path: string }) => file.path);
  expect(paths).toContain('/home/coder/.config/roo-code/settings.json');
  expect((await client.configure(workspace, { agents, model: HAIKU })).body.key.reused).toBe(true);
});

test('a workspace on a dear model whose policy lacks the configured small model gets the cheapest that the policy has', async () => {
  const models = ['claude-sonnet-5-5', 'claude-opus-5-5', 'claude-haiku-5-5'];
  // Every key of this suite follows first.
  const narrow = await withConfiguration(gateway, ({ policies }) => {
    policies.workspace.models = models;
  });
  const { body } = await narrow.configure(newWorkspace(), { agents: ['claude-code'], model: 'claude-opus-5-5' });
  expect(body.environment).toMatchObject({ AI_MODEL: 'claude-opus-5-5', AI_SMALL_MODEL: 'claude-haiku-5-5' });
  const content = (end: string) =>
    JSON.parse(body.files.find(({ path }: { path: string }) => path.endsWith(end)).content);
  expect(content('models.json')).toMatchObject({ small: 'claude-haiku-5-5' });
  expect(content('managed-settings.json').env).toMatchObject({ ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-haiku-5-5' });
});

test("a person's own key is used instead of a provisioned one, once LiteLLM has confirmed it", async () => {
  const workspace = newWorkspace();
  const made = await send('POST', `${gateway.url}/key/generate`, gateway.masterKey, {
    models: [HAIKU],
    max_budget: 3,
    budget_duration: '30d',
    duration: '30d',
  });
  const own = made.body.key;
  const request = { agents: ['opencode'], model: HAIKU, api_key: own };
  const { status, body } = await client.configure(workspace, request);
  expect([status, body.key]).toEqual([200, expect.objectContaining({ max_budget: 3, models: [HAIKU] })]);
  expect(body.files.some((file: { content: string }) => file.content.includes(own))).toBe(true);
  expect((await client.admin('GET', `/keys?owner=${workspace.owner_id}`)).body.keys).toHaveLength(0);

  const refused = async (change: object) => (await client.configure(workspace, { ...request, ...change })).body;
  expect(await refused({ api_key: 'sk-an-unknown-key' })).toMatchObject({
    status: 422,
    errors: [{ field: 'api_key' }],
  });
  expect(await refused({ api_key: gateway.masterKey })).toMatchObject({ status: 422, errors: [{ field: 'api_key' }] });
  expect(await refused({ model: 'claude-sonnet-4-5' })).toMatchObject({ status: 422, errors: [{ field: 'model' }] });
  await send('POST', `${gateway.url}/key/block`, gateway.masterKey, { key: own });
  expect((await refused({})).errors[0].detail).toContain('revoked');
});

test('the holder of a key learns what it may do and has spent, and other callers learn nothing', async () => {
  const workspace = newWorkspace();
  const key = await client.key(workspace);
  const { status, body } = await client.info(key);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    name: `workspace-${workspace.workspace_id}`,
    scope: 'workspace',
    owner: workspace.owner_id,
    state: 'active',
    spend: 0,
    max_budget: 10,
    rpm_limit: 60,
    person: { spend: 0, max_budget: 40 },
  });
  expect(Date.parse(body.budget_reset_at)).toBeGreaterThan(Date.now());
  expect(JSON.stringify(body)).not.toContain(key);
  expect((await client.info('sk-an-unknown-key')).status).toBe(401);
  expect((await client.info(hashKey(key))).status).toBe(401);
  expect((await client.info(gateway.masterKey)).status).toBe(401);
});
