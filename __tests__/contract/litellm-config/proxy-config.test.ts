import { enabledNames } from '../../../settings/served-models';
import { chat, send } from '../support/requests';
import { startScriptedAnthropic } from '../support/scripted-anthropic/scripted-anthropic';
import { type Gateway, startGateway } from '../support/start-gateway';
import { type StandIn, standInAnthropic, standInBedrock } from './stand-in-upstreams';

const cost = (reply: { headers: Headers }) => Number(reply.headers.get('x-litellm-response-cost'));

describe('the generated config.yaml in the real LiteLLM, models mocked', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway?.stop());

  test('every catalog name is served, under its own name', async () => {
    const { body } = await send('GET', `${gateway.url}/v1/models`, gateway.masterKey);
    const served = body.data.map(({ id }: { id: string }) => id);
    expect([...new Set(served)].sort()).toEqual(enabledNames(gateway.settings).sort());
  });

  test('LiteLLM reads back prices, limits and order as they were written', async () => {
    const { body } = await send('GET', `${gateway.url}/model/info`, gateway.masterKey);
    const sonnet = body.data.filter(({ model_name }: { model_name: string }) => model_name === 'claude-sonnet-4-5');
    expect(sonnet.map((entry: { litellm_params: { order: number } }) => entry.litellm_params.order)).toEqual([1, 2]);
    expect(sonnet[0].model_info).toMatchObject({
      input_cost_per_token: 3e-6,
      output_cost_per_token: 15e-6,
      cache_read_input_token_cost: 3e-7,
      max_input_tokens: 200_000,
    });
  });

  test('every model costs something, so that every budget can trip', async () => {
    for (const name of enabledNames(gateway.settings)) {
      const reply = await chat(gateway.url, gateway.masterKey, name);
      expect([name, reply.status]).toEqual([name, 200]);
      expect([name, cost(reply) > 0]).toEqual([name, true]);
    }
  });

  test('a key beyond what any policy allows is refused by LiteLLM itself', async () => {
    const generate = (body: object) =>
      send('POST', `${gateway.url}/key/generate`, gateway.masterKey, { models: ['claude-haiku-4-5'], ...body });
    expect((await generate({ max_budget: 31 })).status).toBe(400);
    expect((await generate({ max_budget: 30, duration: '366d' })).status).toBe(400);
    expect((await generate({ max_budget: 30, duration: '365d', rpm_limit: 100, budget_duration: '30d' })).status).toBe(
      200,
    );
  });

  test('no prompt is stored with the spend', async () => {
    const marker = `secret-prompt-${Date.now()}`;
    await chat(gateway.url, gateway.masterKey, 'claude-haiku-4-5', { messages: [{ role: 'user', content: marker }] });
    const logs = async () => JSON.stringify((await send('GET', `${gateway.url}/spend/logs`, gateway.masterKey)).body);
    let text = await logs();
    for (let tries = 0; tries < 60 && !text.includes('claude-haiku-4-5'); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      text = await logs();
    }
    expect(text).toContain('claude-haiku-4-5');
    expect(text).not.toContain(marker);
  });
});

describe('a model whose provider has retired it', () => {
  let gateway: Gateway;
  let upstream: Awaited<ReturnType<typeof startScriptedAnthropic>>;
  beforeAll(async () => {
    upstream = await startScriptedAnthropic({ retired: /sonnet-4-5-20250929/, strict: /-5-5$/ });
    gateway = await startGateway({ mock: [], apiBase: { anthropic: upstream.url } });
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.stop();
  });

  const tool = {
    name: 'write_file',
    parameters: { type: 'object', properties: { path: { type: 'string' }, content: { type: 'string' } } },
  };
  const ask = [{ role: 'user', content: 'Write hello.txt' }];

  test('is answered by its successor: chat, with a temperature that the successor refuses', async () => {
    const reply = await chat(gateway.url, gateway.masterKey, 'claude-sonnet-4-5', { temperature: 0 });
    expect(reply.status).toBe(200);
    expect(reply.body.choices[0].message.content).toBe('hello from claude-sonnet-5-5');
  });

  test('streamed, with a tool call', async () => {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.masterKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'claude-sonnet-4-5',
        messages: ask,
        stream: true,
        tools: [{ type: 'function', function: tool }],
      }),
    });
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toContain('write_file');
    expect(text).toContain('"finish_reason":"tool_calls"');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });

  test('streamed over /v1/messages, with a tool call', async () => {
    const response = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${gateway.masterKey}`,
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
      },
      body: JSON.stringify({
        model: 'claude-sonnet-4-5',
        max_tokens: 1000,
        temperature: 0,
        stream: true,
        messages: ask,
        tools: [{ name: tool.name, input_schema: tool.parameters }],
      }),
    });
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toContain('"type":"tool_use"');
    expect(text).toContain('message_stop');
  });

  test('over /v1/responses', async () => {
    const reply = await send('POST', `${gateway.url}/v1/responses`, gateway.masterKey, {
      model: 'claude-sonnet-4-5',
      input: 'Hello',
    });
    expect(reply.status).toBe(200);
    expect(JSON.stringify(reply.body.output)).toContain('hello from claude-sonnet-5-5');
  });

  test('a retired name goes to its successor at once, and a forced tool choice does not fail', async () => {
    const before = upstream.requests.length;
    const reply = await chat(gateway.url, gateway.masterKey, 'claude-opus-4', {
      messages: ask,
      tools: [{ type: 'function', function: tool }],
      tool_choice: 'required',
    });
    expect(reply.status).toBe(200);
    expect(upstream.requests.slice(before).map(({ body }) => body.model)).toEqual(['claude-opus-5-5']);
  });

  test('a client that names no limit gets 32000 tokens on every deployment', async () => {
    for (const model of ['claude-sonnet-4-5', 'claude-sonnet-5-5', 'claude-haiku-4-5']) {
      await chat(gateway.url, gateway.masterKey, model);
      expect([model, upstream.requests.at(-1)?.body.max_tokens]).toEqual([model, 32_000]);
    }
  });

  test('a key never gets a model through fail-over that its list forbids', async () => {
    const { body } = await send('POST', `${gateway.url}/key/generate`, gateway.masterKey, {
      models: ['claude-haiku-4-5'],
      max_budget: 1,
    });
    const reply = await chat(gateway.url, body.key, 'claude-sonnet-4-5');
    expect(reply.status).toBe(400);
  });
});

describe('providers', () => {
  let anthropic: StandIn;
  let bedrock: StandIn;
  let gateway: Gateway;
  beforeAll(async () => {
    [anthropic, bedrock] = await Promise.all([standInAnthropic(), standInBedrock()]);
    gateway = await startGateway({ mock: [], apiBase: { anthropic: anthropic.url, bedrock: bedrock.url } });
  });
  afterAll(async () => {
    await gateway?.stop();
    await Promise.all([anthropic?.stop(), bedrock?.stop()]);
  });

  const priced = async (content: string, model: string) =>
    cost(await chat(gateway.url, gateway.masterKey, model, { messages: [{ role: 'user', content }] }));

  test('a price that depends on the length of the prompt is charged on both sides of the edge', async () => {
    expect(await priced('1000', 'claude-haiku-5-5')).toBeCloseTo(1000 * 0.1e-6 + 1000 * 0.5e-6, 12);
    expect(await priced('150000', 'claude-haiku-5-5')).toBeCloseTo(150_000 * 0.5e-6 + 1000 * 2.5e-6, 12);
  });

  test('a cache read is charged at its own price', async () => {
    expect(await priced('3000 2000', 'claude-sonnet-5-5')).toBeCloseTo(1000 * 2e-6 + 2000 * 0.1e-6 + 1000 * 10e-6, 12);
    expect(await priced('3000 2000', 'claude-haiku-5-5')).toBeCloseTo(
      1000 * 0.1e-6 + 2000 * 0.01e-6 + 1000 * 0.5e-6,
      12,
    );
  });

  test('tools reach Bedrock', async () => {
    for (const model of ['bedrock-claude-sonnet', 'bedrock-claude-haiku']) {
      const reply = await chat(gateway.url, gateway.masterKey, model, {
        tools: [{ type: 'function', function: { name: 'write_file', parameters: { type: 'object', properties: {} } } }],
      });
      expect([model, reply.status]).toEqual([model, 200]);
      const sent = bedrock.requests.at(-1);
      expect(sent?.path).toContain('/converse');
      expect(JSON.stringify(sent?.body.toolConfig)).toContain('write_file');
      expect(cost(reply)).toBeGreaterThan(0);
    }
  });
});

test('with provider fail-over on, a failing provider is followed by the next, for the same model', async () => {
  const bedrock = await standInBedrock();
  const gateway = await startGateway({
    settings: { models: { provider_failover: true } },
    mock: [],
    apiBase: { anthropic: 'http://127.0.0.1:9', bedrock: bedrock.url },
  });
  try {
    const reply = await chat(gateway.url, gateway.masterKey, 'claude-haiku-4-5');
    expect(reply.status).toBe(200);
    expect(bedrock.requests.at(-1)?.path).toContain('claude-haiku-4-5');
  } finally {
    await gateway.stop();
    await bedrock.stop();
  }
});
