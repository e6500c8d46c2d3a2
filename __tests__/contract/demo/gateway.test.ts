import { chat, eventually, send } from '../support/requests';
import { type Gateway, startGateway } from '../support/start-gateway';

let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({
    configure: ({ model_list }) => {
      for (const { model_name, litellm_params } of model_list) {
        if (model_name === 'claude-haiku-4-5') litellm_params.output_cost_per_token = 0.002;
      }
    },
  });
});
afterAll(() => gateway?.stop());

const newKey = async (body: object) =>
  (await send('POST', `${gateway.url}/key/generate`, gateway.masterKey, body)).body.key as string;

test('every model of the catalog answers', async () => {
  const { body } = await send('GET', `${gateway.url}/v1/models`, gateway.masterKey);
  const names = body.data.map(({ id }: { id: string }) => id);
  expect(names).toEqual(expect.arrayContaining(['claude-sonnet-4-5', 'claude-haiku-4-5', 'claude-opus-4']));
  const key = await newKey({ models: names });
  for (const name of names) {
    // LiteLLM sets aside what an answer may cost, which at this test's price is more than a key has.
    const { status, body: answer } = await chat(gateway.url, key, name, { max_tokens: 64 });
    expect({ name, status, text: answer.choices?.[0].message.content }).toMatchObject({
      status: 200,
      text: expect.stringContaining(name),
    });
  }
});

test('a key works until its budget is spent', async () => {
  const key = await newKey({ models: ['claude-haiku-4-5'], max_budget: 0.05 });
  expect((await chat(gateway.url, key, 'claude-haiku-4-5')).status).toBe(200);
  // LiteLLM books what an answer cost after it has been sent.
  await eventually(async () => {
    const { body } = await chat(gateway.url, key, 'claude-haiku-4-5');
    expect(body.error?.type).toBe('billing_error');
  });
  await eventually(async () => {
    const { body } = await send('GET', `${gateway.url}/key/info?key=${key}`, gateway.masterKey);
    expect(body.info.spend).toBeGreaterThan(0.05);
  });
});

test('the gateway survives an outage of its database', async () => {
  await gateway.postgres.stop();
  await eventually(async () => {
    expect((await send('GET', `${gateway.url}/health/readiness`)).status).toBe(503);
  }, 60);
  await gateway.postgres.start();
  await eventually(async () => expect(await newKey({ models: ['claude-haiku-4-5'] })).toMatch(/^sk-/), 60);
});

test('the admin UI answers', async () => {
  const response = await fetch(`${gateway.url}/ui/`);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('<html');
});
