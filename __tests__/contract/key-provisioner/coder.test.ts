import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chat, eventually, send } from '../support/requests';
import { type Gateway, startGateway } from '../support/start-gateway';
import { Client, newWorkspace, withConfiguration } from './client';
import { type StandInCoder, startStandInCoder } from './stand-in-coder';

const HAIKU = 'claude-haiku-4-5';
let coder: StandInCoder;
let gateway: Gateway;
/** Confirms workspaces with Coder. */
let client: Client;
beforeAll(async () => {
  coder = await startStandInCoder();
  gateway = await startGateway({
    keyProvisioner: { CODER_URL: coder.url, CODER_TOKEN: coder.token, LOG_LEVEL: 'trace' },
  });
  client = await withConfiguration(
    gateway,
    (configuration) => {
      configuration.confirm_workspaces = true;
      configuration.reconcile_interval_s = 0;
    },
    { CODER_URL: coder.url, CODER_TOKEN: coder.token },
  );
});
afterAll(async () => {
  await gateway?.stop();
  await coder?.stop();
});
beforeEach(() => {
  coder.failure = undefined;
  coder.hideList = false;
});

/** A workspace that Coder knows, in some state. */
function knownWorkspace(transition: 'start' | 'stop' | 'delete' = 'start', status = 'running', owner?: string) {
  const workspace = newWorkspace(owner);
  coder.workspaces.set(workspace.workspace_id, { owner_id: workspace.owner_id, transition, status });
  return workspace;
}

test.each(['pending', 'starting', 'running'])('a workspace that is %s gets its key', async (status) => {
  expect((await client.start(knownWorkspace('start', status))).status).toBe(201);
});

test.each([
  ['stopping', () => knownWorkspace('stop', 'stopping'), 'neither starting nor running'],
  ['stopped', () => knownWorkspace('stop', 'stopped'), 'neither starting nor running'],
  ['failed', () => knownWorkspace('start', 'failed'), 'neither starting nor running'],
  ['deleted', () => knownWorkspace('delete', 'deleted'), 'was deleted'],
  ['unknown to Coder', () => newWorkspace(), 'does not know'],
  ['without an id that Coder could have', () => ({ ...newWorkspace(), workspace_id: 'w1' }), 'does not know'],
  ["somebody else's", () => ({ ...knownWorkspace(), owner_id: newWorkspace().owner_id }), 'belongs to somebody else'],
])('a workspace that is %s gets none, even with the right token', async (_what, workspace, reason) => {
  const identity = workspace();
  const { status, body } = await client.start(identity);
  expect([status, body.detail]).toEqual([403, expect.stringContaining(reason)]);
  expect((await client.operate('GET', `workspace-${identity.workspace_id}`)).status).toBe(404);
});

test.each([500, 503, 429, 401])(
  'while Coder answers %d, a new workspace gets no key and a known one gets its key',
  async (failure) => {
    const known = knownWorkspace();
    const key = await client.key(known);
    coder.failure = failure;
    const fresh = await client.start(knownWorkspace());
    expect(fresh.status).toBe(503);
    expect(Number(fresh.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await client.start(known)).body).toMatchObject({ key, reused: true });
  },
);

test('Coder is asked once for many starts in a short time', async () => {
  const workspace = knownWorkspace();
  await client.key(workspace);
  await Promise.all(Array.from({ length: 10 }, () => client.start(workspace)));
  const path = `GET /api/v2/workspaces/${workspace.workspace_id}`;
  expect(coder.requests.filter((request) => request === path)).toHaveLength(1);
});

const selfService = (session?: string, body?: object) =>
  send('POST', `${client.url}/api/v1/keys/self-service`, session, body);

test('a person gets a key of their own for their Coder session, the same one each time, and rotates it', async () => {
  const session = 'session-of-ann-0123456789';
  coder.sessions.set(session, { id: 'a11ce', username: 'ann', status: 'active' });
  const first = await selfService(session, { purpose: 'laptop' });
  expect([first.status, first.body]).toEqual([201, expect.objectContaining({ name: 'user-a11ce', max_budget: 20 })]);
  const second = await selfService(session);
  expect([second.status, second.body.key]).toEqual([200, first.body.key]);
  expect((await client.info(first.body.key)).body).toMatchObject({
    owner: 'a11ce',
    username: 'ann',
    person: { max_budget: 40 },
  });
  const rotated = await send('POST', `${client.url}/api/v1/keys/rotate`, session);
  expect(rotated.status).toBe(200);
  expect((await chat(gateway.url, first.body.key, HAIKU)).status).toBe(401);
  expect((await selfService(session)).body.key).toBe(rotated.body.key);
});

test('a session token goes to Coder for one call and is stored nowhere', async () => {
  const session = 'session-of-bob-9876543210';
  coder.sessions.set(session, { id: 'b0b', username: 'bob', status: 'active' });
  const before = coder.requests.length;
  const { url } = await gateway.startKeyProvisionerCopy({
    CODER_URL: coder.url,
    CODER_TOKEN: coder.token,
    LOG_LEVEL: 'trace',
  });
  await send('POST', `${url}/api/v1/keys/self-service`, session);
  await send('POST', `${gateway.provisionerUrl}/api/v1/keys/self-service`, session);
  expect(coder.requests.slice(before).filter((request) => request.includes('users/me'))).toHaveLength(2);
  const log = readFileSync(join(gateway.directory, 'key-provisioner.log'), 'utf8');
  expect(log).toContain('person b0b');
  expect(log).not.toContain(session);
  expect(log).not.toContain(coder.token);
});

test.each([
  ['no token', undefined, 401],
  ['a wrong token', 'session-that-does-not-exist', 401],
])('self-service with %s is refused', async (_what, session, status) => {
  expect((await selfService(session)).status).toBe(status);
});

test('a limited token of Coder, a suspended person and an absent Coder are told apart', async () => {
  expect((await selfService(coder.token)).status).toBe(401);
  coder.sessions.set('session-of-sue', { id: '5ue', username: 'sue', status: 'suspended' });
  expect((await selfService('session-of-sue')).status).toBe(403);
  coder.failure = 500;
  expect((await selfService('session-of-sue')).status).toBe(503);
});

test('a refused session leaves an audit line, and not the session', async () => {
  const session = 'session-that-coder-rejects-0123456789';
  for (const call of ['self-service', 'rotate']) {
    const url = `${gateway.provisionerUrl}/api/v1/keys/${call}`;
    expect((await send('POST', url, session)).status).toBe(401);
  }
  // Written by another process, a moment after its answer.
  const log = await eventually(async () => {
    const text = readFileSync(join(gateway.directory, 'key-provisioner.log'), 'utf8');
    for (const action of ['self-service', 'rotate']) {
      expect(text).toContain(`"audit":{"action":"${action}","actor":"somebody","scope":"user","outcome":"refused"`);
    }
    return text;
  }, 10);
  expect(log).not.toContain(session);
});

const reconcile = (dryRun: boolean) => client.admin('POST', '/reconcile', { dry_run: dryRun });

test('the reconciler ends the keys of deleted workspaces and of no others', async () => {
  const alive = knownWorkspace();
  const stopped = knownWorkspace();
  const gone = knownWorkspace();
  const lost = knownWorkspace();
  const keys = await Promise.all([alive, stopped, gone, lost].map((workspace) => client.key(workspace)));
  coder.workspaces.set(stopped.workspace_id, { owner_id: stopped.owner_id, transition: 'stop', status: 'stopped' });
  coder.workspaces.set(gone.workspace_id, { owner_id: gone.owner_id, transition: 'delete', status: 'deleted' });
  coder.workspaces.delete(lost.workspace_id); // 404: perhaps only our token cannot see it
  const name = `workspace-${gone.workspace_id}`;

  const dry = await reconcile(true);
  expect(dry.body).toMatchObject({ dry_run: true, deleted: [name], undecided: 1 });
  expect((await chat(gateway.url, keys[2]!, HAIKU)).status).toBe(200);

  const real = await reconcile(false);
  expect(real.body).toMatchObject({ dry_run: false, deleted: [name], undecided: 1, examined: dry.body.examined });
  const statuses = await Promise.all(keys.map(async (key) => (await chat(gateway.url, key, HAIKU)).status));
  expect(statuses).toEqual([200, 200, 401, 200]);
  expect((await reconcile(false)).body.deleted).toEqual([]);
  const { body } = await send('GET', `${client.url}/metrics`);
  expect(body).toMatch(/key_provisioner_reconciler_keys\{result="undecided"\} 1/);
  expect(body).toMatch(/key_provisioner_reconciler_last_success_timestamp_seconds \d{10}/);
});

test('an existing workspace is decided by the list, without a lookup of its own', async () => {
  const workspace = knownWorkspace();
  await client.key(workspace);
  coder.requests.length = 0;
  await reconcile(true);
  expect(coder.requests).not.toContain(`GET /api/v2/workspaces/${workspace.workspace_id}`);
});

test.each([
  [
    'Coder fails',
    () => {
      coder.failure = 500;
    },
  ],
  [
    'Coder never answers',
    () => {
      coder.failure = 'silence';
    },
  ],
  [
    'our token is refused',
    () => {
      coder.failure = 401;
    },
  ],
  ['Coder does not know any workspace', () => coder.workspaces.clear()],
])('no key ends because %s', async (_what, happens) => {
  const key = await client.key(knownWorkspace());
  happens();
  const { status, body } = await reconcile(false);
  expect([status, body.deleted]).toEqual([200, []]);
  expect(body.undecided).toBeGreaterThan(0);
  expect((await chat(gateway.url, key, HAIKU)).status).toBe(200);
});

test('without the list the reconciler asks about each workspace', async () => {
  const [alive, gone] = [knownWorkspace(), knownWorkspace()];
  await Promise.all([client.key(alive), client.key(gone)]);
  coder.workspaces.set(gone.workspace_id, { owner_id: gone.owner_id, transition: 'delete', status: 'deleted' });
  coder.hideList = true;
  expect((await reconcile(false)).body.deleted).toEqual([`workspace-${gone.workspace_id}`]);
  expect((await client.operate('GET', `workspace-${alive.workspace_id}`)).status).toBe(200);
});

test('the reconciler runs periodically', async () => {
  const gone = knownWorkspace();
  const key = await client.key(gone);
  coder.workspaces.set(gone.workspace_id, { owner_id: gone.owner_id, transition: 'delete', status: 'deleted' });
  const eager = await withConfiguration(
    gateway,
    (configuration) => {
      configuration.reconcile_interval_s = 1;
    },
    { CODER_URL: coder.url, CODER_TOKEN: coder.token },
  );
  for (;;) {
    if ((await eager.info(key)).status === 401) break;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect((await chat(gateway.url, key, HAIKU)).status).toBe(401);
});

describe('a workspace that changes hands', () => {
  const to = (workspace: ReturnType<typeof newWorkspace>) => {
    const { owner_id, username } = newWorkspace();
    return { ...workspace, owner_id, username };
  };
  const give = ({ workspace_id, owner_id }: ReturnType<typeof newWorkspace>) =>
    coder.workspaces.set(workspace_id, { owner_id, transition: 'start', status: 'running' });

  test.each([
    ['and Coder confirms workspaces', () => client],
    // Asked about owners although workspaces are not confirmed.
    ['and Coder confirms none', () => new Client(gateway)],
  ])(
    "gives its new owner a new key with what was spent, and its former owner's token and key end, %s",
    async (_how, asked) => {
      const former = knownWorkspace();
      const provisioner = asked();
      const old = await provisioner.key(former);
      await send('POST', `${gateway.url}/key/update`, gateway.masterKey, { key: old, spend: 1.5 });
      const next = to(former);
      give(next);
      const key = await provisioner.key(next);
      expect(key).not.toBe(old);
      expect((await client.row(key)).user_id).toBe(next.owner_id);
      expect((await client.row(key)).spend).toBe(1.5);
      expect((await chat(gateway.url, old, HAIKU)).status).toBe(401);
      for (const attempt of [
        provisioner.start(former),
        provisioner.configure(former, { agents: [], model: HAIKU }),
        provisioner.rotate(former),
      ]) {
        const { status, body } = await attempt;
        expect([status, body.detail]).toEqual([403, expect.stringMatching(/somebody else|another owner/)]);
      }
      expect((await provisioner.start(next)).body).toMatchObject({ key, reused: true });
      expect((await client.row(key)).user_id).toBe(next.owner_id);
      // And it may come back.
      give(former);
      const third = await provisioner.key(former);
      expect([old, key]).not.toContain(third);
      expect((await provisioner.start(next)).status).toBe(403);
    },
  );

  test('stays with the owner proven last where Coder cannot be asked', async () => {
    const { url } = await gateway.startKeyProvisionerCopy({ CODER_URL: '', CODER_TOKEN: '' });
    const alone = new Client(gateway, url);
    const former = newWorkspace();
    await alone.key(former);
    const next = to(former);
    const key = await alone.key(next);
    const { status, body } = await alone.start(former);
    expect([status, body.detail]).toEqual([403, expect.stringContaining('gateway keys delete workspace-')]);
    expect((await alone.start(next)).body).toMatchObject({ key, reused: true });
    await alone.operate('DELETE', `workspace-${former.workspace_id}`);
    expect((await alone.start(former)).status).toBe(201);
  });

  test('keeps its key as it is while Coder cannot say whose it is, and a revoked key stays revoked', async () => {
    const former = knownWorkspace();
    const provisioner = new Client(gateway);
    const key = await provisioner.key(former);
    const next = to(former);
    give(next);
    coder.failure = 500;
    expect((await provisioner.start(next)).status).toBe(503);
    expect((await provisioner.start(former)).body.key).toBe(key);
    coder.failure = undefined;
    await client.operate('POST', `workspace-${former.workspace_id}`, 'revoke');
    expect((await provisioner.start(next)).status).toBe(403);
    expect((await chat(gateway.url, key, HAIKU)).status).toBe(401);
  });
});
