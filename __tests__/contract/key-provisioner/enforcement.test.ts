import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashKey } from '../../../images/key-provisioner/src/keys/derivation';
import { chat, eventually, type Reply, send } from '../support/requests';
import { startScriptedAnthropic } from '../support/scripted-anthropic/scripted-anthropic';
import { type Gateway, startGateway } from '../support/start-gateway';
import { Client, newWorkspace, withConfiguration } from './client';

const HAIKU = 'claude-haiku-4-5';
/** US dollars of one mocked answer, about: 10 tokens in at $1 a million, 20 out at $5. */
const COST = 0.00011;
const DAY = 86_400_000;

let upstream: Awaited<ReturnType<typeof startScriptedAnthropic>>;
let gateway: Gateway;
let client: Client;
beforeAll(async () => {
  // Models are mocked, but LiteLLM asks the provider to count tokens all the same.
  upstream = await startScriptedAnthropic();
  gateway = await startGateway({ keyProvisioner: true, apiBase: { anthropic: upstream.url } });
  client = new Client(gateway);
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.stop();
});

/** A request, once LiteLLM has settled what the one before it had set aside of the budget. */
async function settled(key: string): Promise<Reply> {
  for (let tries = 0; ; tries += 1) {
    const reply = await chat(gateway.url, key, HAIKU);
    if (reply.body.error?.type !== 'rate_limit_error' || tries === 20) return reply;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Asks until refused. */
async function askUntilRefused(key: string, atMost: number): Promise<{ answered: number; refusal: Reply }> {
  for (let answered = 0; answered <= atMost; answered += 1) {
    const reply = await settled(key);
    if (reply.status !== 200) return { answered, refusal: reply };
  }
  throw new Error(`${atMost} requests and none was refused`);
}

test('a budget stops a key', async () => {
  const poor = await withConfiguration(gateway, ({ policies }) => {
    policies.workspace.max_budget = 3.5 * COST;
  });
  const { answered, refusal } = await askUntilRefused(await poor.key(newWorkspace()), 10);
  expect(answered).toBe(4);
  expect(refusal.body.error.type).toBe('billing_error');
});

test('a restart and a rotation of the workspace renew no budget; the operator can', async () => {
  const poor = await withConfiguration(gateway, ({ policies }) => {
    policies.workspace.max_budget = 2.5 * COST;
  });
  const workspace = newWorkspace();
  const key = await poor.key(workspace);
  await askUntilRefused(key, 5);
  expect(await poor.key(workspace)).toBe(key);
  expect((await chat(gateway.url, key, HAIKU)).body.error.type).toBe('billing_error');
  // What was spent reaches LiteLLM's table after 6 to 17 seconds.
  await eventually(async () => expect((await poor.info(key)).body.spend).toBeGreaterThan(2.5 * COST));
  const rotated = (await poor.rotate(workspace)).body.key;
  expect((await chat(gateway.url, rotated, HAIKU)).body.error.type).toBe('billing_error');
  expect((await client.operate('POST', `workspace-${workspace.workspace_id}`, 'reset-spend')).body.spend).toBe(0);
  expect((await chat(gateway.url, rotated, HAIKU)).status).toBe(200);
});

test("a person's cap stops all their workspaces, and a new workspace of theirs too", async () => {
  const capped = await withConfiguration(gateway, ({ policies }) => {
    policies.person.max_budget = 3.5 * COST;
  });
  const first = newWorkspace();
  const second = newWorkspace(first.owner_id);
  const [one, two] = [await capped.key(first), await capped.key(second)];
  for (const key of [one, two, one, two]) expect((await settled(key)).status).toBe(200);
  const { refusal } = await askUntilRefused(one, 2);
  expect(refusal.body.error.type).toBe('billing_error');
  expect((await chat(gateway.url, two, HAIKU)).body.error.type).toBe('billing_error');
  const third = await capped.key(newWorkspace(first.owner_id));
  expect((await chat(gateway.url, third, HAIKU)).body.error.type).toBe('billing_error');
  const ofAnotherPerson = await capped.key(newWorkspace());
  expect((await chat(gateway.url, ofAnotherPerson, HAIKU)).status).toBe(200);
});

test('deleting a workspace and its key and starting another buys nothing', async () => {
  const capped = await withConfiguration(gateway, ({ policies }) => {
    policies.person.max_budget = 1.5 * COST;
  });
  const first = newWorkspace();
  await askUntilRefused(await capped.key(first), 4);
  expect((await client.operate('DELETE', `workspace-${first.workspace_id}`)).status).toBe(204);
  const next = await capped.key(newWorkspace(first.owner_id));
  expect((await chat(gateway.url, next, HAIKU)).body.error.type).toBe('billing_error');
});

test('a rate stops a key, and no other key', async () => {
  const slow = await withConfiguration(gateway, ({ policies }) => {
    policies.workspace.rpm_limit = 3;
  });
  const owner = newWorkspace().owner_id;
  const key = await slow.key(newWorkspace(owner));
  const replies = await Promise.all(Array.from({ length: 8 }, () => chat(gateway.url, key, HAIKU)));
  const refused = replies.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(2);
  expect(refused[0]?.body.error.type).toBe('rate_limit_error');
  expect((await chat(gateway.url, await slow.key(newWorkspace(owner)), HAIKU)).status).toBe(200);
});

test('a key asks for the models of its scope and no others', async () => {
  const { body } = await client.admin('POST', '/keys', { scope: 'ci', subject: 'org/models' });
  expect(body.models).toEqual([HAIKU]);
  expect((await chat(gateway.url, body.key, HAIKU)).status).toBe(200);
  const other = await chat(gateway.url, body.key, 'claude-sonnet-4-5');
  expect([other.status, other.body.error.type]).toEqual([400, 'invalid_request_error']);
});

test('a key can neither manage keys nor make LiteLLM call every model', async () => {
  const key = await client.key(newWorkspace());
  for (const path of ['/health', '/key/list', '/user/info', '/spend/logs']) {
    const response = await fetch(gateway.url + path, { headers: { authorization: `Bearer ${key}` } });
    expect([path, response.status]).toEqual([path, 403]);
  }
});

const HELLO = { model: HAIKU, max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] };

test('a key can call the routes that agents, editors and the commands use', async () => {
  const key = await client.key(newWorkspace());
  for (const [path, body] of [
    ['/v1/chat/completions', HELLO],
    ['/chat/completions', HELLO],
    ['/v1/messages', HELLO],
    ['/v1/responses', { model: HAIKU, input: 'Hello' }],
    ['/responses', { model: HAIKU, input: 'Hello' }],
    ['/v1/completions', { model: HAIKU, prompt: 'Hello' }],
    ['/completions', { model: HAIKU, prompt: 'Hello' }],
    ['/v1/embeddings', { model: HAIKU, input: 'Hello' }],
    ['/embeddings', { model: HAIKU, input: 'Hello' }],
    ['/v1/models', undefined],
    [`/v1/models/${HAIKU}`, undefined],
    ['/v1/model/info', undefined],
    ['/model/info', undefined],
    ['/models', undefined],
    ['/model_group/info', undefined],
  ] as const) {
    const { status } = await send(body ? 'POST' : 'GET', `${gateway.url}${path}`, key, body);
    expect([path, status]).toEqual([path, 200]);
  }
  expect((await send('POST', `${gateway.url}/v1/messages/count_tokens`, key, HELLO)).status).toBe(200);
});

test.each([
  ['POST', '/v1/files'],
  ['GET', '/v1/files'],
  ['POST', '/v1/batches'],
  ['GET', '/v1/batches'],
  ['POST', '/v1/vector_stores'],
  ['GET', '/v1/vector_stores'],
  ['POST', '/v1/images/generations'],
  ['POST', '/v1/audio/speech'],
  ['POST', '/v1/audio/transcriptions'],
  ['POST', '/v1/moderations'],
  ['POST', '/v1/rerank'],
  ['POST', '/v1/assistants'],
  ['POST', '/v1/threads'],
  ['POST', '/v1/videos'],
  ['POST', '/v1/containers'],
  ['POST', '/v1/realtime/client_secrets'],
  ['POST', '/v1/search'],
  ['POST', '/v1/ocr'],
  ['GET', '/v1/responses/resp_1'],
  ['POST', '/v1/responses/compact'],
  ['POST', '/anthropic/v1/messages'],
  ['POST', `/bedrock/model/${HAIKU}/invoke`],
  ['POST', '/vertex_ai/v1/projects/p/locations/l/publishers/google/models/m:generateContent'],
  ['POST', '/gemini/v1beta/models/m:generateContent'],
  ['POST', '/openai/v1/chat/completions'],
  ['POST', '/azure/openai/deployments/d/chat/completions'],
  ['POST', `/engines/${HAIKU}/chat/completions`],
  ['POST', `/openai/deployments/${HAIKU}/chat/completions`],
  ['POST', '/v1beta/interactions'],
  ['POST', `/v1beta/models/${HAIKU}:generateContent`],
  ['POST', `/models/${HAIKU}:generateContent`],
  ['POST', '/mcp'],
  ['GET', '/v1/mcp/server'],
  ['POST', '/utils/transform_request'],
  ['POST', '/guardrails/apply_guardrail'],
  ['GET', '/key/info'],
  ['GET', '/user/info'],
  ['GET', '/spend/logs'],
  ['GET', '/health'],
  ['GET', '/metrics'],
])('a key gets nothing from %s %s', async (method, path) => {
  const key = await client.key({ ...newWorkspace('route-owner'), workspace_id: 'routes' });
  const { status } = await send(method, `${gateway.url}${path}`, key, method === 'POST' ? HELLO : undefined);
  expect([401, 403, 404, 405]).toContain(status);
});

test("Google's routes, which check one model and call another, are closed to a key", async () => {
  const { body } = await client.admin('POST', '/keys', { scope: 'ci', subject: 'org/google' });
  const request = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }], model: HAIKU };
  for (const call of ['generateContent', 'streamGenerateContent']) {
    for (const base of ['/models', '/v1beta/models']) {
      const { status } = await send('POST', `${gateway.url}${base}/claude-opus-4:${call}`, body.key, request);
      expect([base, call, status]).toEqual([base, call, 404]);
    }
  }
});

/** The answer of a run that is expected to end well. */
async function reconcile(of: Client, dry_run = false) {
  const { status, body } = await of.admin('POST', '/reconcile', { dry_run });
  expect(status).toBe(200);
  return body;
}
const create = async (body: object): Promise<string> => (await client.admin('POST', '/keys', body)).body.key;
const litellm = (method: string, path: string, body?: object) =>
  send(method, `${gateway.url}${path}`, gateway.masterKey, body);

test('a merged policy reaches every key of every scope and state, and nothing that is not ours', async () => {
  // Back at today's policy, with a limit on tokens that the next one no longer has.
  await withConfiguration(gateway, ({ policies }) => {
    Object.assign(policies.ci, { tpm_limit: 5000, max_parallel_requests: 4 });
  });
  const workspace = newWorkspace();
  const revoked = newWorkspace();
  const keys = {
    ci: await create({ scope: 'ci', subject: 'org/merged' }),
    user: await create({ scope: 'user', subject: 'c0ffee', username: 'ann' }),
    'agent:review': await create({ scope: 'agent:review' }),
    'agent:write': await create({ scope: 'agent:write' }),
    workspace: await client.key(workspace),
  };
  const revokedKey = await client.key(revoked);
  await client.operate('POST', `workspace-${revoked.workspace_id}`, 'revoke');
  const expired = await create({ scope: 'ci', subject: 'org/expired', duration: '2s' });
  const special = await create({ scope: 'ci', subject: 'org/special', max_budget: 2, rpm_limit: 5, duration: '300d' });
  await litellm('POST', '/key/update', { key: hashKey(keys.ci), tpm_limit: 5000, max_parallel_requests: 4 });
  await chat(gateway.url, keys.ci, HAIKU);
  const spend = await eventually(async () => {
    const row = await client.row(keys.ci);
    expect(row.spend).toBeGreaterThan(0);
    return row.spend;
  });
  await eventually(async () => expect((await client.info(expired)).body.state).toBe('expired'));
  const theirs = await litellm('POST', '/key/generate', {
    key_alias: 'theirs/gateway-ci-0123456789abcdef01234567-g1',
    max_budget: 3,
    metadata: (await client.row(keys.ci)).metadata,
  });
  await litellm('POST', '/user/new', { user_id: 'their-user', max_budget: 3, auto_create_key: false });
  const [foreignKey, foreignUser] = [
    await client.row(theirs.body.key),
    await litellm('GET', '/v2/user/info?user_id=their-user'),
  ];
  const before = { expired: await client.row(expired), ci: await client.row(keys.ci) };

  const limits = { max_budget: 4, budget_duration: '7d', rpm_limit: 9, models: [HAIKU] };
  const merged = await withConfiguration(gateway, ({ policies }) => {
    policies.person = { max_budget: 12, budget_duration: '7d' };
    for (const scope of ['ci', 'user', 'agent:review', 'agent:write', 'workspace'] as const) {
      policies[scope] = { ...limits, duration: '60d' };
    }
  });

  const open = { tpm_limit: null, max_parallel_requests: null };
  for (const key of Object.values(keys))
    expect(await client.row(key)).toMatchObject({ ...limits, ...open, status: 'active' });
  const ci = await client.row(keys.ci);
  expect([ci.spend, ci.metadata]).toEqual([spend, before.ci.metadata]);
  expect(Date.parse(ci.budget_reset_at)).toBeGreaterThan(Date.now());
  expect(Date.parse(ci.budget_reset_at)).toBeLessThan(Date.now() + 7 * DAY);
  expect(Math.round((Date.parse(ci.expires) - Date.now()) / DAY)).toBe(60);
  const stillRevoked = await client.row(revokedKey);
  expect(stillRevoked).toMatchObject({ ...limits, blocked: true });
  expect((await merged.start(revoked)).status).toBe(403);
  expect(await client.row(expired)).toMatchObject({ ...limits, expires: before.expired.expires, status: 'expired' });
  const withOwnLimits = await client.row(special);
  expect(withOwnLimits).toMatchObject({ ...limits, max_budget: 2, rpm_limit: 5 });
  expect(Math.round((Date.parse(withOwnLimits.expires) - Date.now()) / DAY)).toBe(300);
  expect((await client.info(keys.user)).body.person).toMatchObject({ max_budget: 12 });
  expect((await client.info(keys.workspace)).body.person).toMatchObject({ max_budget: 12 });
  expect(await client.row(theirs.body.key)).toEqual(foreignKey);
  expect((await litellm('GET', '/v2/user/info?user_id=their-user')).body).toEqual(foreignUser.body);

  expect((await chat(gateway.url, keys['agent:write'], 'claude-opus-4')).status).toBe(400);
  expect(await reconcile(merged, true)).toMatchObject({
    updated: [],
    people: [],
    failed: [],
    workspaces_checked: false,
  });
  // A longer lifetime applies from the next renewal: once requested again, the key has all of it.
  const longer = await withConfiguration(gateway, ({ policies }) => {
    policies.ci.duration = '90d';
  });
  expect((await client.row(keys.ci)).expires).toBe(ci.expires);
  await longer.admin('POST', '/keys', { scope: 'ci', subject: 'org/merged' });
  expect(Math.round((Date.parse((await client.row(keys.ci)).expires) - Date.now()) / DAY)).toBe(90);
});

test('a dry run tells what the real run then does, and changes nothing', async () => {
  await reconcile(client);
  const key = await create({ scope: 'ci', subject: 'org/by-hand' });
  const owned = newWorkspace();
  await client.key(owned);
  await litellm('POST', '/key/update', {
    key: hashKey(key),
    max_budget: 30,
    tpm_limit: 7,
    allowed_routes: ['llm_api_routes'],
    duration: null,
  });
  await litellm('POST', '/user/update', { user_id: owned.owner_id, max_budget: 900 });
  const found = await client.row(key);

  const dry = await reconcile(client, true);
  expect(dry).toMatchObject({
    dry_run: true,
    updated: [
      {
        name: 'ci-org/by-hand',
        changes: {
          max_budget: { from: 30, to: 5 },
          tpm_limit: { from: 7, to: null },
          allowed_routes: { from: ['llm_api_routes'] },
          expires: { from: null, to: 'in 365d' },
        },
      },
    ],
    updated_total: 1,
    people: [{ id: owned.owner_id, username: owned.username, changes: { max_budget: { from: 900, to: 40 } } }],
    failed: [],
    deleted: [],
    examined: 0,
    workspaces_checked: false,
  });
  expect(await client.row(key)).toEqual(found);

  const real = await reconcile(client);
  expect(real).toEqual({ ...dry, dry_run: false, duration_ms: expect.any(Number) });
  expect(await client.row(key)).toMatchObject({ max_budget: 5, tpm_limit: null });
  expect(await reconcile(client)).toMatchObject({ updated: [], people: [], updated_total: 0, people_total: 0 });
  const log = readFileSync(join(gateway.directory, 'key-provisioner.log'), 'utf8');
  expect(log).toMatch(
    /"audit":\{"action":"update","actor":"reconciler","key":"ci-org\/by-hand","scope":"ci","outcome":"done"/,
  );
});

test('a key that LiteLLM refuses to change is reported, and the others are changed', async () => {
  const [ci, review] = [await create({ scope: 'ci', subject: 'org/refused' }), await create({ scope: 'agent:review' })];
  const generous = await withConfiguration(gateway, ({ policies }) => {
    policies.ci.max_budget = 5000;
    policies['agent:review'].max_budget = 7;
  });
  expect(await client.row(review)).toMatchObject({ max_budget: 7 });
  expect(await client.row(ci)).toMatchObject({ max_budget: 5 });
  const { failed, unreached } = await reconcile(generous);
  expect(failed).toContainEqual({
    name: 'ci-org/refused',
    reason: expect.stringContaining('max_budget is over max limit'),
  });
  expect(unreached).toBe(0);
});

test('what is done to keys while they are brought to the policy is not undone', async () => {
  const subjects = Array.from({ length: 24 }, (_, index) => `org/busy-${index}`);
  const keys = await Promise.all(subjects.map((subject) => create({ scope: 'ci', subject })));
  const rotated: string[] = [];
  const operations = subjects.map((subject, index) => async () => {
    const name = `ci-${subject}`;
    if (index % 3 === 0) await client.operate('POST', name, 'revoke');
    else if (index % 3 === 1) rotated.push((await client.operate('POST', name, 'rotate')).body.key);
    else await client.admin('POST', '/keys', { scope: 'ci', subject, max_budget: 3, rpm_limit: 8, duration: '200d' });
  });
  await Promise.all(
    keys.map((key) => litellm('POST', '/key/update', { key: hashKey(key), max_budget: 29, duration: '9d' })),
  );
  await Promise.all([reconcile(client), ...operations.map((run) => run()), reconcile(client)]);

  for (const [index, subject] of subjects.entries()) {
    const { body } = await client.operate('GET', `ci-${subject}`);
    const days = Math.round((Date.parse(body.expires) - Date.now()) / DAY);
    if (index % 3 === 0) expect(body).toMatchObject({ state: 'revoked', max_budget: 5 });
    else if (index % 3 === 1) expect(body).toMatchObject({ state: 'active', generation: 2, max_budget: 5 });
    else expect({ ...body, days }).toMatchObject({ state: 'active', max_budget: 3, rpm_limit: 8, days: 200 });
  }
  for (const key of rotated) expect((await client.info(key)).status).toBe(200);
  expect(await reconcile(client, true)).toMatchObject({ updated: [] });
});
