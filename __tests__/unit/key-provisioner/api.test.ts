import { buildApp } from '../../../images/key-provisioner/src/app';
import type { App } from '../../../images/key-provisioner/src/http/app-type';
import { workspaceToken } from '../../../images/key-provisioner/src/identity/workspace-token';
import { configuration, SECRETS } from './configuration';

// Nothing listens where LiteLLM should be: what is tested here is decided before it is asked, or is its absence.
const build = (options: Partial<Parameters<typeof buildApp>[0]> = {}) =>
  buildApp({
    configuration,
    secrets: SECRETS,
    litellm: { url: 'http://127.0.0.1:9', masterKey: 'sk-master-key-of-these-tests' },
    ...options,
  });

let app: App;
beforeAll(async () => {
  app = await build();
});
afterAll(() => app.close());

const identity = { workspace_id: 'w1', owner_id: 'o1', username: 'ann' };
const token = workspaceToken(SECRETS.workspaceIdentitySecret, identity);
const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

const ask = (payload: unknown, headers: Record<string, string> = bearer(token), url = '/api/v1/keys/workspace') =>
  app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });

const PROTECTED = [
  ['POST', '/api/v1/keys/workspace'],
  ['POST', '/api/v1/workspaces/configure'],
  ['POST', '/api/v1/keys/self-service'],
  ['GET', '/api/v1/keys/info'],
  ['POST', '/api/v1/keys/rotate'],
  ['GET', '/api/v1/admin/keys'],
  ['POST', '/api/v1/admin/keys'],
  ['POST', '/api/v1/admin/keys/bootstrap'],
  ['GET', '/api/v1/admin/keys/agent-review'],
  ['DELETE', '/api/v1/admin/keys/agent-review'],
  ['POST', '/api/v1/admin/keys/agent-review/revoke'],
  ['POST', '/api/v1/admin/keys/agent-review/restore'],
  ['POST', '/api/v1/admin/keys/agent-review/rotate'],
  ['POST', '/api/v1/admin/keys/agent-review/reset-spend'],
  ['POST', '/api/v1/admin/reconcile'],
] as const;

test.each(PROTECTED)('%s %s without a credential is 401, whatever else is wrong', async (method, url) => {
  const answer = await app.inject({ method, url });
  expect(answer.statusCode).toBe(401);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.headers['www-authenticate']).toBe('Bearer');
});

test.each(PROTECTED.filter(([, url]) => url.includes('/admin/')))(
  'the token of a workspace does not open %s %s',
  async (method, url) => {
    const answer = await app.inject({ method, url, headers: bearer(token) });
    expect(answer.statusCode).toBe(401);
  },
);

test('the admin token is not accepted in place of the token of a workspace', async () => {
  expect((await ask(identity, bearer(SECRETS.adminToken))).statusCode).toBe(401);
});

test.each([
  ['another workspace', { ...identity, workspace_id: 'w2' }],
  ['another owner', { ...identity, owner_id: 'o2' }],
  ['another name', { ...identity, username: 'bob' }],
])("a workspace's token is not accepted for %s", async (_what, claim) => {
  const answer = await ask(claim);
  expect(answer.statusCode).toBe(401);
  expect(answer.json().detail).toContain('does not belong to this workspace_id');
});

test.each([
  ['a number as id', { ...identity, workspace_id: 7 }, 'workspace_id', 'expected string'],
  ['no owner', { workspace_id: 'w1', username: 'ann' }, 'owner_id', 'expected string'],
  ['a separator in an id', { ...identity, workspace_id: 'a|b' }, 'workspace_id', 'must not contain "|"'],
  ['a space in an id', { ...identity, owner_id: 'a b' }, 'owner_id', 'printable ASCII'],
  ['an overlong id', { ...identity, workspace_id: 'x'.repeat(129) }, 'workspace_id', '<=128'],
  ['NUL in a name', { ...identity, username: 'a\u0000' }, 'username', 'control characters'],
  [
    'an unpaired surrogate in a name',
    { ...identity, workspace_name: 'a\ud83d' },
    'workspace_name',
    'unpaired surrogates',
  ],
  ['an unknown field', { ...identity, budget: 5 }, 'budget', 'known fields are workspace_id, owner_id'],
  ['an array', [identity], 'body', 'expected object'],
  ['text', '"hello"', 'body', 'expected object'],
  ['null', 'null', 'body', 'expected object'],
])('%s is 422 and the answer names the field and what is allowed', async (_what, body, field, allowed) => {
  const answer = await ask(body);
  expect(answer.statusCode).toBe(422);
  const error = answer.json().errors.find((one: { field: string }) => one.field === field);
  expect(error?.detail).toContain(allowed);
});

test.each(['{', '', '{"workspace_id": }', '\u0000'])('malformed JSON (%j) is 400', async (body) => {
  const answer = await ask(body);
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ status: 400, detail: 'the request body is not valid JSON' });
});

test.each([
  ['POST', '/api/v1/admin/keys/agent-review/revoke', SECRETS.adminToken, 503],
  ['DELETE', '/api/v1/admin/keys/agent-review', SECRETS.adminToken, 503],
  ['POST', '/api/v1/keys/self-service', 'a-session-token', 404],
  ['POST', '/api/v1/admin/keys', SECRETS.adminToken, 400],
] as const)(
  '%s %s announced as JSON and empty is refused only where a body is needed',
  async (method, url, credential, status) => {
    const headers = { 'content-type': 'application/json', ...bearer(credential) };
    const answer = await app.inject({ method, url, headers, payload: '' });
    expect(answer.statusCode).toBe(status);
  },
);

test('a name that would change a prototype is refused', async () => {
  expect((await ask('{"__proto__": {"x": 1}, "workspace_id": "w1"}')).statusCode).toBe(400);
});

test('too large a body is 413, another content type 415', async () => {
  const tooLarge = await ask({ ...identity, workspace_name: 'x'.repeat(70_000) });
  expect([tooLarge.statusCode, tooLarge.json().detail]).toEqual([413, expect.stringContaining('65536 bytes')]);
  expect((await ask('a=b', { ...bearer(token), 'content-type': 'text/plain' })).statusCode).toBe(415);
});

test('an unknown path is 404, a wrong method 405 with what is possible, an unreadable address 400', async () => {
  expect((await app.inject('/api/v2/keys')).statusCode).toBe(404);
  const wrong = await app.inject({ method: 'PUT', url: '/api/v1/admin/keys/agent-review/revoke' });
  expect(wrong.statusCode).toBe(405);
  expect(wrong.headers.allow).toBe('POST');
  const unreadable = await app.inject('/api/v1/admin/keys/%E0%A4%A');
  expect(unreadable.statusCode).toBe(400);
  expect(unreadable.headers['content-type']).toContain('application/problem+json');
});

test('a model or agent that does not exist is refused before LiteLLM is asked, with what there is', async () => {
  const url = '/api/v1/workspaces/configure';
  const model = await ask({ ...identity, agents: [], model: 'gpt' }, bearer(token), url);
  expect(model.statusCode).toBe(422);
  expect(model.json().detail).toContain('claude-sonnet-4-5');
  const agent = await ask({ ...identity, agents: ['aider'], model: 'claude-haiku-4-5' }, bearer(token), url);
  expect(agent.statusCode).toBe(422);
  expect(agent.json().errors).toEqual([{ field: 'agents', detail: expect.stringContaining('opencode') }]);
});

test('a text where a list belongs is one mistake, not two', async () => {
  const body = { ...identity, agents: 'opencode-and-more', model: 'claude-haiku-4-5' };
  const { errors } = (await ask(body, bearer(token), '/api/v1/workspaces/configure')).json();
  expect(errors).toEqual([{ field: 'agents', detail: expect.stringContaining('expected array') }]);
});

test('without LiteLLM a key is 503 with Retry-After, and no internals are revealed', async () => {
  const answer = await ask(identity);
  expect(answer.statusCode).toBe(503);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(answer.json().detail).toBe(
    'the gateway (LiteLLM) or its database is not available right now; try again in a few seconds',
  );
  expect(answer.body).not.toMatch(/ECONNREFUSED|127\.0\.0\.1/);
});

test('the process is alive without LiteLLM, but is not ready', async () => {
  expect((await app.inject('/health')).json()).toEqual({ status: 'ok' });
  const ready = await app.inject('/health/ready');
  expect(ready.statusCode).toBe(503);
  expect(ready.json()).toEqual({ status: 'degraded', litellm: 'unreachable' });
});

test('self-service says which setting it needs', async () => {
  const person = await app.inject({ method: 'POST', url: '/api/v1/keys/self-service', headers: bearer('x') });
  expect(person.statusCode).toBe(404);
  expect(person.json().detail).toContain('coder.url');
});

test('reconciling without LiteLLM is a 503 that says when to try again', async () => {
  const reconcile = await ask({}, bearer(SECRETS.adminToken), '/api/v1/admin/reconcile');
  expect(reconcile.statusCode).toBe(503);
  expect(Number(reconcile.headers['retry-after'])).toBeGreaterThan(0);
});

test('an address that keeps sending wrong credentials must wait, for that kind of credential', async () => {
  const strict = await build({ limits: { failuresPerMinute: 3 } });
  const as = (credential: string) => strict.inject({ url: '/api/v1/admin/keys', headers: bearer(credential) });
  for (let attempt = 0; attempt < 3; attempt += 1) expect((await as('wrong')).statusCode).toBe(401);
  const limited = await as(SECRETS.adminToken);
  expect(limited.statusCode).toBe(429);
  expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
  const other = await strict.inject({ url: '/api/v1/keys/info', headers: bearer('sk-unknown') });
  expect(other.statusCode).toBe(503);
  await strict.close();
});

test('every caller has a separate limit', async () => {
  const strict = await build({ limits: { requestsPerMinute: 2 } });
  const as = (credential: string) => strict.inject({ url: '/openapi.json', headers: bearer(credential) });
  expect([(await as('a')).statusCode, (await as('a')).statusCode]).toEqual([200, 200]);
  const third = await as('a');
  expect(third.statusCode).toBe(429);
  expect(third.headers['content-type']).toContain('application/problem+json');
  expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
  expect((await as('b')).statusCode).toBe(200);
  await strict.close();
});

test('a request id is taken over when it is well-formed, and generated otherwise', async () => {
  const given = await app.inject({ url: '/health', headers: { 'x-request-id': 'abc-1.2' } });
  expect(given.headers['x-request-id']).toBe('abc-1.2');
  const generated = await app.inject({ url: '/health', headers: { 'x-request-id': 'a b\u0007' } });
  expect(generated.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('the OpenAPI document lists every call, its credential and its problem answers', async () => {
  const { paths, components } = (await app.inject('/openapi.json')).json();
  for (const [method, url] of PROTECTED) {
    const path = url.replace('agent-review', '{name}');
    const operation = paths[path]?.[method.toLowerCase()];
    expect([path, Object.keys(operation?.responses ?? {})]).toEqual([
      path,
      expect.arrayContaining(['401', '422', '503']),
    ]);
    for (const requirement of operation.security) {
      for (const scheme of Object.keys(requirement)) expect(components.securitySchemes[scheme].scheme).toBe('bearer');
    }
    expect(operation.responses['401'].content['application/problem+json'].schema).toEqual({
      $ref: '#/components/schemas/Problem',
    });
  }
});

test('metrics count answers by route, never by what callers put into a path', async () => {
  await app.inject({ url: '/api/v1/admin/keys/ci-secret-repository', headers: bearer('wrong') });
  const { body } = await app.inject('/metrics');
  expect(body).toContain('route="/api/v1/admin/keys/:name",status="401"');
  expect(body).not.toContain('ci-secret-repository');
});

test('every operation of the API description has a name of its own, and what it refers to is there', async () => {
  const document = (await app.inject({ url: '/openapi.json' })).json();
  const operations = Object.values<Record<string, { operationId?: string }>>(document.paths).flatMap((path) =>
    Object.values(path),
  );
  const names = operations.map(({ operationId }) => operationId);
  expect(names).not.toContain(undefined);
  expect(new Set(names).size).toBe(names.length);
  expect(document.servers).toEqual([expect.objectContaining({ url: '/' })]);
  const references = new Set(JSON.stringify(document).match(/(?<="#\/components\/schemas\/)\w+/g));
  expect([...references].sort()).toEqual(Object.keys(document.components.schemas).sort());
  expect([...references]).toEqual(expect.arrayContaining(['IssuedKey', 'KeyInfo', 'KeyList', 'Problem']));
  // A rule that is not in the description is only found by being refused.
  expect(document.components.schemas.CreateKeyRequestInput.properties.username.pattern).toContain('\\u001f');
});

test('a bootstrap that names one person twice is refused before any key is made', async () => {
  const users = [{ username: 'ann', user_id: '1' }, { username: 'bob' }, { username: 'eve', user_id: '1' }];
  const answer = await ask({ users }, bearer(SECRETS.adminToken), '/api/v1/admin/keys/bootstrap');
  expect(answer.statusCode).toBe(422);
  expect(answer.body).toContain('is the same person as users.0');
});
