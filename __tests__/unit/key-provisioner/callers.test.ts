import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Writable } from 'node:stream';
import type { HTTPMethods } from 'fastify';
import pino from 'pino';
import { buildApp } from '../../../images/key-provisioner/src/app';
import type { App } from '../../../images/key-provisioner/src/http/app-type';
import { workspaceToken } from '../../../images/key-provisioner/src/identity/workspace-token';
import { configuration, SECRETS } from './configuration';

/** All that may be called without a credential. A route that is not named here must ask for one. */
const PUBLIC = ['/health', '/health/ready', '/metrics', '/openapi.json'];

// Nothing listens where LiteLLM and Coder should be, so a caller that they would have to confirm is answered 503.
const build = (options: Partial<Parameters<typeof buildApp>[0]> = {}) =>
  buildApp({
    configuration,
    secrets: SECRETS,
    litellm: { url: 'http://127.0.0.1:9', masterKey: 'sk-master-key-of-these-tests' },
    coder: { url: 'http://127.0.0.1:9' },
    ...options,
  });

/** Every route that Fastify is given, from the first one on. */
const routes: { method: string; url: string }[] = [];
/** A route without any line of authentication is added to each plugin that has routes, and records that it was reached. */
const added: { prefix: string; url: string }[] = [];
const reached: string[] = [];

function observe(message: unknown): void {
  const { fastify } = message as { fastify: App };
  const seen = new Set<unknown>();
  fastify.addHook('onRoute', function record({ method, url }) {
    for (const one of [method].flat()) routes.push({ method: one, url });
    if (seen.has(this)) return;
    seen.add(this);
    const path = `/added-${added.length}`;
    added.push({ prefix: this.prefix, url: this.prefix + path });
    this.post(path, async (request) => {
      reached.push(request.url);
      return {};
    });
  });
}

let app: App;
beforeAll(async () => {
  subscribe('fastify.initialization', observe);
  app = await build();
  unsubscribe('fastify.initialization', observe);
  await app.ready();
});
afterAll(() => app.close());
beforeEach(() => reached.splice(0));

const identity = { workspace_id: 'w1', owner_id: 'o1', username: 'ann' };
const token = workspaceToken(SECRETS.workspaceIdentitySecret, identity);
const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

test('every route but the public ones answers 401 without a credential', async () => {
  const open: string[] = [];
  for (const { method, url } of routes) {
    const answer = await app.inject({ method: method as HTTPMethods, url: url.replace(':name', 'agent-review') });
    if (answer.statusCode !== 401) open.push(url);
  }
  const publicAdded = added.filter(({ prefix }) => prefix === '').map(({ url }) => url);
  expect([...new Set(open)].sort()).toEqual([...PUBLIC, ...publicAdded].sort());
  expect(routes.length).toBeGreaterThan(20);
});

test('a route added to a group without any line of authentication accepts only the callers of this group', async () => {
  const closed = added.filter(({ prefix }) => prefix !== '');
  expect(closed.map(({ prefix }) => prefix).sort()).toEqual([
    '/api/v1',
    '/api/v1/admin',
    '/api/v1/keys',
    '/api/v1/keys',
    '/api/v1/keys',
  ]);
  for (const { url } of closed) {
    for (const headers of [{}, bearer('wrong')]) {
      for (const payload of [undefined, {}, identity, { ...identity, workspace_id: 7 }]) {
        const answer = await app.inject({ method: 'POST', url, headers, ...(payload ? { payload } : {}) });
        expect([401, 503]).toContain(answer.statusCode);
      }
    }
  }
  expect(reached).toEqual([]);

  const urlOf = (prefix: string) => closed.find((one) => one.prefix === prefix)?.url ?? '';
  const post = async (prefix: string, credential: string, payload: object) =>
    (await app.inject({ method: 'POST', url: urlOf(prefix), headers: bearer(credential), payload })).statusCode;
  expect(await post('/api/v1/admin', SECRETS.adminToken, {})).toBe(200);
  expect(await post('/api/v1', token, identity)).toBe(200);
  expect(await post('/api/v1', token, { ...identity, owner_id: 'o2' })).toBe(401);
  expect(await post('/api/v1/admin', token, identity)).toBe(401);
});

test('below the admin prefix an unknown path is an unknown path like any other, with or without a credential', async () => {
  const answers = await Promise.all(
    ['/api/v1/admin', '/api/v1/admin/nothing', '/api/v1/admin/keys/x/nothing', '/nothing'].flatMap((url) =>
      [{}, bearer(SECRETS.adminToken)].map((headers) => app.inject({ method: 'GET', url, headers })),
    ),
  );
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 404));
  expect(new Set(answers.map((answer) => answer.json().detail)).size).toBe(1);
});

test('a route outside of every group stops the start', async () => {
  const other = await build();
  expect(() => other.get('/outside', () => ({}))).toThrow('GET /outside belongs to no group of callers');
  await other.close();
});

test('a workspace that is rejected leaves one audit line that names it, for each of its calls', async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const audited = await build({ logger: pino(stream) });
  const calls = [
    ['/api/v1/keys/workspace', {}],
    ['/api/v1/workspaces/configure', { agents: [], model: 'claude-haiku-4-5' }],
    ['/api/v1/keys/rotate', {}],
  ] as const;
  for (const [url, rest] of calls) {
    const payload = { ...identity, ...rest };
    const answer = await audited.inject({ method: 'POST', url, headers: bearer('f'.repeat(64)), payload });
    expect(answer.statusCode).toBe(401);
  }
  await audited.close();
  const line = { actor: 'workspace w1', key: 'workspace-w1', scope: 'workspace', outcome: 'refused' };
  const reason = expect.stringContaining('does not belong to this workspace_id');
  expect(lines.map((text) => JSON.parse(text).audit).filter(Boolean)).toEqual(
    ['issue', 'configure', 'rotate'].map((action) => ({ action, ...line, reason })),
  );
});
