import { chat, eventually, type Reply } from '../support/requests';
import { type Gateway, startGateway } from '../support/start-gateway';
import { Client, newWorkspace, withConfiguration } from './client';

jest.setTimeout(90_000);

const HAIKU = 'claude-haiku-4-5';
/** US dollars of one mocked answer, about: 10 tokens in at $1 a million, 20 out at $5. */
const COST = 0.00011;

let gateway: Gateway;
let client: Client;
beforeAll(async () => {
  gateway = await startGateway({ keyProvisioner: true });
  client = new Client(gateway);
}, 300_000);
afterAll(() => gateway?.stop());

/** Asks until refused. */
async function askUntilRefused(key: string, atMost: number): Promise<{ answered: number; refusal: Reply }> {
  for (let answered = 0; answered <= atMost; answered += 1) {
    const reply = await chat(gateway.url, key, HAIKU);
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
  expect(refusal.body.error.type).toBe('budget_exceeded');
});

test('a restart and a rotation of the workspace buy nothing; a new budget by the operator does', async () => {
  const poor = await withConfiguration(gateway, ({ policies }) => {
    policies.workspace.max_budget = 2.5 * COST;
  });
  const workspace = newWorkspace();
  const key = await poor.key(workspace);
  await askUntilRefused(key, 5);
  expect(await poor.key(workspace)).toBe(key);
  expect((await chat(gateway.url, key, HAIKU)).body.error.type).toBe('budget_exceeded');
  // What was spent reaches LiteLLM's table after 6 to 17 seconds.
  await eventually(async () => expect((await poor.info(key)).body.spend).toBeGreaterThan(2.5 * COST));
  const rotated = (await poor.rotate(workspace)).body.key;
  expect((await chat(gateway.url, rotated, HAIKU)).body.error.type).toBe('budget_exceeded');
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
  for (const key of [one, two, one, two]) expect((await chat(gateway.url, key, HAIKU)).status).toBe(200);
  const { refusal } = await askUntilRefused(one, 2);
  expect(refusal.body.error.type).toBe('budget_exceeded');
  expect((await chat(gateway.url, two, HAIKU)).body.error.type).toBe('budget_exceeded');
  const third = await capped.key(newWorkspace(first.owner_id));
  expect((await chat(gateway.url, third, HAIKU)).body.error.type).toBe('budget_exceeded');
  const stranger = await capped.key(newWorkspace());
  expect((await chat(gateway.url, stranger, HAIKU)).status).toBe(200);
});

test('deleting a workspace and its key and starting another buys nothing', async () => {
  const capped = await withConfiguration(gateway, ({ policies }) => {
    policies.person.max_budget = 1.5 * COST;
  });
  const first = newWorkspace();
  await askUntilRefused(await capped.key(first), 4);
  expect((await client.operate('DELETE', `workspace-${first.workspace_id}`)).status).toBe(204);
  const next = await capped.key(newWorkspace(first.owner_id));
  expect((await chat(gateway.url, next, HAIKU)).body.error.type).toBe('budget_exceeded');
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
  expect(refused[0]?.body.error.type).toBe('throttling_error');
  expect((await chat(gateway.url, await slow.key(newWorkspace(owner)), HAIKU)).status).toBe(200);
});

test('a key asks for the models of its scope and no others', async () => {
  const { body } = await client.admin('POST', '/keys', { scope: 'ci', subject: 'org/models' });
  expect(body.models).toEqual([HAIKU]);
  expect((await chat(gateway.url, body.key, HAIKU)).status).toBe(200);
  const other = await chat(gateway.url, body.key, 'claude-sonnet-4-5');
  expect([other.status, other.body.error.type]).toEqual([403, 'key_model_access_denied']);
});

test('a key can neither manage keys nor make LiteLLM call every model', async () => {
  const key = await client.key(newWorkspace());
  for (const path of ['/health', '/key/list', '/user/info', '/spend/logs']) {
    const response = await fetch(gateway.url + path, { headers: { authorization: `Bearer ${key}` } });
    expect([path, response.status]).toEqual([path, 403]);
  }
});
