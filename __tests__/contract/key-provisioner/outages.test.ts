import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Derivation } from '../../../images/key-provisioner/src/keys/derivation';
import { ask, CHAT, errorIn, MESSAGES } from '../protocol/apis';
import { chat, eventually, send } from '../support/requests';
import { type Gateway, startGateway } from '../support/start-gateway';
import { Client, newWorkspace, policyReached, tally } from './client';
import { underWay } from './under-way';

const HAIKU = 'claude-haiku-4-5';
let gateway: Gateway;
let client: Client;
beforeAll(async () => {
  gateway = await startGateway({ keyProvisioner: true });
  client = new Client(gateway);
});
afterAll(() => gateway?.stop());

test('LiteLLM killed in the middle of issuing and restarted: every workspace gets one key, none is lost', async () => {
  const before = newWorkspace();
  const keyBefore = await client.key(before);
  const workspaces = Array.from({ length: 40 }, () => newWorkspace());
  const starting = workspaces.map((workspace) => client.start(workspace));
  await Promise.race(starting);
  await gateway.litellm.kill();
  const during = await Promise.all(starting);
  for (const { status, headers } of during) {
    expect([200, 201, 503]).toContain(status);
    if (status === 503) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect(tally(during)[503]).toBeGreaterThan(0);
  expect((await client.admin('GET', '/keys')).status).toBe(503);
  await gateway.litellm.start();

  await eventually(async () => expect((await client.start(before)).body.key).toBe(keyBefore));
  const after = await Promise.all(workspaces.map((workspace) => client.start(workspace)));
  for (const [index, { status, body }] of after.entries()) {
    expect([200, 201]).toContain(status);
    const earlier = during[index]?.body.key;
    if (earlier) expect(body.key).toBe(earlier);
  }
  expect(new Set(after.map(({ body }) => body.key)).size).toBe(40);
  for (const { owner_id } of workspaces.slice(0, 5)) {
    expect((await client.admin('GET', `/keys?owner=${owner_id}`)).body.total).toBe(1);
  }
  expect((await chat(gateway.url, after[0]?.body.key, HAIKU)).status).toBe(200);
});

test('a key-provisioner that is killed and started again gives the same keys', async () => {
  const workspace = newWorkspace();
  const key = await client.key(workspace);
  await gateway.keyProvisioner.kill();
  await gateway.keyProvisioner.start();
  expect((await client.start(workspace)).body).toMatchObject({ key, reused: true });
});

test('a key-provisioner that is stopped finishes what is under way', async () => {
  const workspaces = Array.from({ length: 5 }, () => newWorkspace());
  const starts = await Promise.all(workspaces.map((workspace) => underWay(client, workspace)));
  const stopped = gateway.keyProvisioner.stop();
  const statuses = await Promise.all(starts.map((start) => start.finish()));
  await stopped;
  await gateway.keyProvisioner.start();
  expect(statuses).toEqual([201, 201, 201, 201, 201]);
});

test('a policy that is deployed while LiteLLM restarts reaches the keys when it is back', async () => {
  const { body } = await client.admin('POST', '/keys', { scope: 'ci', subject: 'org/restart' });
  const file = join(gateway.directory, 'merged.json');
  const merged = JSON.parse(readFileSync(join(gateway.directory, 'gateway.json'), 'utf8'));
  merged.policies.ci.max_budget = 4;
  writeFileSync(file, JSON.stringify(merged));
  await gateway.litellm.kill();
  const { url } = await gateway.startKeyProvisionerCopy({ GATEWAY_CONFIGURATION: file });
  const { admin } = new Client(gateway, url);
  expect((await admin('POST', '/reconcile', { dry_run: true })).status).toBe(503);
  await gateway.litellm.start();
  await policyReached(url);
  expect(await client.row(body.key)).toMatchObject({ max_budget: 4 });
});

test('a key-provisioner that is stopped while it changes many keys stops in time, and the next one goes on', async () => {
  await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      client.admin('POST', '/keys', { scope: 'ci', subject: `org/many-${index}` }),
    ),
  );
  const { body } = await client.admin('GET', '/keys?scope=ci&page_size=100');
  const hashes = body.keys.map(({ name }: { name: string }) =>
    new Derivation(gateway.keyDerivationSecret).hash({ scope: 'ci', subject: name.slice('ci-'.length) }, 1),
  );
  await Promise.all(
    hashes.map((key: string) => send('POST', `${gateway.url}/key/update`, gateway.masterKey, { key, rpm_limit: 3 })),
  );
  const run = client.admin('POST', '/reconcile', {}).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await gateway.keyProvisioner.stop();
  await run;
  expect(readFileSync(join(gateway.directory, 'key-provisioner.log'), 'utf8')).not.toContain('did not finish in time');
  await gateway.keyProvisioner.start();
  await policyReached(client.url);
  const after = await client.admin('POST', '/reconcile', { dry_run: true });
  expect(after.body).toMatchObject({ updated: [], failed: [], unreached: 0 });
  expect((await client.operate('GET', 'ci-org/many-59')).body.rpm_limit).toBe(30);
});

test('PostgreSQL down is a clear 503 with Retry-After, and passes by itself', async () => {
  const workspace = newWorkspace();
  const key = await client.key(workspace);
  await gateway.postgres.stop();
  try {
    for (const reply of [await client.start(workspace), await client.start(newWorkspace()), await client.info(key)]) {
      expect(reply.status).toBe(503);
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(reply.body.detail).toContain('LiteLLM');
      expect(JSON.stringify(reply.body)).not.toMatch(/connection attempts|prisma|postgres/i);
    }
    // Agents are told in their own words, too: nothing is known of a key that LiteLLM has not seen.
    for (const api of [MESSAGES, CHAT]) {
      const reply = await ask(gateway.url, 'sk-1111111111111111111111', api);
      expect(errorIn(api, reply)).toMatchObject({ status: 503, type: 'api_error' });
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    // LiteLLM itself notices a lost database only after some 17 seconds.
    await eventually(async () => expect((await fetch(`${client.url}/health/ready`)).status).toBe(503), 60);
    expect((await fetch(`${client.url}/health`)).status).toBe(200);
  } finally {
    await gateway.postgres.start();
  }
  await eventually(async () => expect((await client.start(workspace)).body.key).toBe(key), 90);
  await eventually(async () => expect((await fetch(`${client.url}/health/ready`)).status).toBe(200), 60);
});
