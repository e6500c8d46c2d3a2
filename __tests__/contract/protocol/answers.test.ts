import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, type Reply, send } from '../support/requests';
import { type Gateway, startGateway } from '../support/start-gateway';
import {
  ask,
  BEDROCK_MODEL,
  CHAT,
  EACH_API,
  errorIn,
  eventsOf,
  MESSAGES,
  MESSAGES_STREAMED,
  MODEL,
  usageOf,
} from './apis';
import { startFaultyAnthropic, startStrictBedrock } from './upstreams';

/**
 * What the gateway answers, row by row of Claude Code's gateway protocol (`claude gateway`, GET /protocol), through the edge,
 * with the real LiteLLM and stand-ins for the providers that fail as told.
 */

const CONTACT = 'https://wiki.example.com/ai-budget';
/** US dollars of one answer of the stand-in: 100 tokens in at $1 a million, 20 out at $5. */
const COST = 0.0002;
/** The slowest model: LiteLLM gives up on it after a second. */
const IMPATIENT = 'claude-sonnet-4-5';

let anthropic: Awaited<ReturnType<typeof startFaultyAnthropic>>;
let bedrock: Awaited<ReturnType<typeof startStrictBedrock>>;
let gateway: Gateway;
let key: string;
beforeAll(async () => {
  [anthropic, bedrock] = await Promise.all([startFaultyAnthropic(), startStrictBedrock()]);
  gateway = await startGateway({
    keyProvisioner: true,
    mock: [],
    apiBase: { anthropic: anthropic.url, bedrock: bedrock.url },
    settings: { policies: { contact: CONTACT } },
    configure: ({ model_list, litellm_settings }) => {
      // Keys of these tests have limits of their own, or none.
      delete litellm_settings['upperbound_key_generate_params'];
      for (const { model_name, litellm_params } of model_list)
        if (model_name === IMPATIENT) litellm_params['timeout'] = 1;
    },
  });
  key = await newKey();
}, 300_000);
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([anthropic.stop(), bedrock.stop()]);
});
beforeEach(() => {
  anthropic.requests.length = 0;
  bedrock.requests.length = 0;
});

const admin = (path: string, body: object) => send('POST', `${gateway.url}${path}`, gateway.masterKey, body);
async function newKey(limits: object = {}): Promise<string> {
  const models = [MODEL, BEDROCK_MODEL, IMPATIENT];
  return (await admin('/key/generate', { models, ...limits })).body.key;
}
const get = (path: string, credential?: string, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}${path}`, {
    headers: { connection: 'close', ...headers, ...(credential ? { authorization: `Bearer ${credential}` } : {}) },
  }).then(
    async (answer): Promise<Reply> => ({
      status: answer.status,
      headers: answer.headers,
      body: await answer.json(),
    }),
  );
const seconds = (reply: Reply) => Number(reply.headers.get('retry-after'));

/** Asks until the budget is spent, and gives the refusal. */
async function spend(credential: string, api = MESSAGES): Promise<Reply> {
  for (let asked = 0; asked < 10; asked += 1) {
    const reply = await ask(gateway.url, credential, api);
    // LiteLLM settles what a request had set aside a moment after its answer.
    if (reply.status === 429 && reply.body.error.type === 'rate_limit_error') await sleep(500);
    else if (reply.status !== 200) return reply;
  }
  throw new Error('ten requests, and the budget is not spent');
}

describe('a key', () => {
  test.each(EACH_API)('%s: one that does not exist is refused once and for all', async (_name, api) => {
    const reply = await ask(gateway.url, 'sk-0000000000000000000000', api);
    expect(errorIn(api, reply)).toMatchObject({ status: 401, type: 'authentication_error' });
    expect(reply.headers.get('x-should-retry')).toBe('false');
  });

  test('one that has expired, is blocked or is missing is refused with what to do', async () => {
    const [expired, blocked] = await Promise.all([newKey({ duration: '1s' }), newKey()]);
    await admin('/key/block', { key: blocked });
    await sleep(2000);
    const words = async (credential?: string) => errorIn(MESSAGES, await ask(gateway.url, credential, MESSAGES));
    expect(await words(expired)).toMatchObject({
      status: 401,
      type: 'authentication_error',
      message: expect.stringMatching(/^this key has expired; start the workspace again/),
    });
    expect(await words(blocked)).toMatchObject({ status: 401, message: `this key is blocked; ask ${CONTACT} why` });
    expect(await words()).toMatchObject({ status: 401, type: 'authentication_error' });
  });

  test('a route that it may not use is forbidden', async () => {
    const reply = await ask(gateway.url, await newKey({ allowed_routes: ['/v1/models'] }), MESSAGES);
    expect(errorIn(MESSAGES, reply)).toMatchObject({ status: 403, type: 'permission_error' });
  });

  test.each(EACH_API)(
    '%s: a model that it may not use, or that does not exist, is a bad request',
    async (_name, api) => {
      const limited = await newKey({ models: [MODEL] });
      for (const model of [BEDROCK_MODEL, 'no-such-model']) {
        expect(errorIn(api, await ask(gateway.url, limited, api, 'Hello', { model }))).toEqual({
          status: 400,
          type: 'invalid_request_error',
          message: `the model "${model}" is not available to this key; GET /v1/models lists those that are`,
        });
      }
    },
  );
});

describe('a spent budget', () => {
  test.each(EACH_API)('%s: the refusal says what happened, when it resets and whom to ask', async (_name, api) => {
    const reply = await spend(await newKey({ max_budget: COST, budget_duration: '30d' }), api);
    const { message, ...error } = errorIn(api, reply);
    expect(error).toEqual({ status: 429, type: 'billing_error' });
    expect(message).toMatch(
      /^the budget of this key, \$0\.0002, is used up · it resets \w{3} \d+ at \d\d:\d\d UTC · for more before that, ask https:\/\/wiki\.example\.com\/ai-budget$/,
    );
    const { reset, 'overage-reset': overageReset, ...headers } = usageOf(reply);
    expect(headers).toEqual({
      status: 'rejected',
      'overage-utilization': '1',
      'overage-surpassed-threshold': '1',
      'overage-period': 'monthly',
      'overage-disabled-reason': 'org_spend_cap_reached',
    });
    expect(overageReset).toBe(reset);
    expect(reply.headers.get('x-should-retry')).toBe('false');
    expect(Math.abs(Number(reset) - Date.now() / 1000 - seconds(reply))).toBeLessThan(60);
  });

  test('clients that wait days at a 429, or hide its sentence, are told by 402', async () => {
    const poor = await newKey({ max_budget: 0, budget_duration: '30d' });
    const told = [
      ['opencode/1', CHAT],
      ['codex_exec/0.1', CHAT],
      ['Kilo-Code/7', CHAT],
      ['ai-sdk/anthropic/4', MESSAGES],
    ] as const;
    for (const [agent, route] of told) {
      const answer = await fetch(`${gateway.url}${route.path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${poor}`, 'user-agent': agent, connection: 'close' },
        body: JSON.stringify(route.body('Hello')),
      });
      const reply = { status: answer.status, headers: answer.headers, body: await answer.json() };
      expect(errorIn(route, reply)).toMatchObject({ status: 402, type: 'billing_error' });
    }
  });

  test("a person's cap counts over all their keys", async () => {
    const person = `person-${Date.now()}`;
    await admin('/user/new', { user_id: person, auto_create_key: false, max_budget: COST * 2, budget_duration: '1d' });
    const one = await newKey({ user_id: person, max_budget: 5, budget_duration: '30d' });
    const two = await newKey({ user_id: person, max_budget: 5, budget_duration: '30d' });
    await spend(one);
    const reply = await ask(gateway.url, two, MESSAGES);
    expect(errorIn(MESSAGES, reply)).toMatchObject({
      status: 429,
      type: 'billing_error',
      message: expect.stringMatching(/^your budget over all workspaces and keys, \$0\.0004, is used up · it resets /),
    });
    expect(usageOf(reply)['overage-period']).toBe('daily');
  });

  test("a team's budget is told as what a group shares", async () => {
    const { body } = await admin('/team/new', { team_alias: 'shared', max_budget: COST, budget_duration: '7d' });
    const reply = await spend(await newKey({ team_id: body.team_id }));
    expect(errorIn(MESSAGES, reply)).toMatchObject({ status: 429, type: 'billing_error' });
    expect(usageOf(reply)).toMatchObject({ 'overage-period': 'monthly', 'overage-scope': 'group_pool' });
  });

  test('of several that are spent, the one that resets last is told', async () => {
    const person = `both-${Date.now()}`;
    await admin('/user/new', { user_id: person, auto_create_key: false, max_budget: COST, budget_duration: '1d' });
    const reply = await spend(await newKey({ user_id: person, max_budget: COST, budget_duration: '30d' }));
    expect(usageOf(reply)['overage-period']).toBe('monthly');
  });

  test('eight streams at once fit into two dollars, whatever most they ask for', async () => {
    const many = await newKey({ max_budget: 2, budget_duration: '30d' });
    const asked = { max_tokens: 32_000, model: MODEL };
    const streams = Array.from({ length: 8 }, () => ask(gateway.url, many, MESSAGES_STREAMED, 'fault: slow', asked));
    expect((await Promise.all(streams)).map(({ status }) => status)).toEqual(Array(8).fill(200));
    // Sixteen times 32,000 tokens at $5 a million would be more than that.
    const more = Array.from({ length: 16 }, () => ask(gateway.url, many, MESSAGES_STREAMED, 'fault: slow', asked));
    expect((await Promise.all(more)).map(({ status }) => status)).toEqual(Array(16).fill(200));
  });

  test('money that requests under way have set aside is no spent budget: the next request waits', async () => {
    const poor = await newKey({ max_budget: COST * 3.5, budget_duration: '30d' });
    const slow = ask(gateway.url, poor, MESSAGES_STREAMED, 'fault: slow', { max_tokens: 20_000 });
    await eventually(async () => expect(anthropic.requests.length).toBeGreaterThan(0));
    for (const api of [MESSAGES, CHAT]) {
      const reply = await ask(gateway.url, poor, api);
      expect(errorIn(api, reply)).toMatchObject({
        status: 429,
        type: 'rate_limit_error',
        message: expect.stringContaining('try again in 5 seconds'),
      });
      expect(seconds(reply)).toBe(5);
      expect(usageOf(reply)).toEqual({});
    }
    expect((await slow).status).toBe(200);
    await eventually(async () => expect((await ask(gateway.url, poor, MESSAGES)).status).toBe(200), 10);
  });
});

describe('a limit of the key', () => {
  test.each(EACH_API)('%s: of requests a minute', async (_name, api) => {
    const limited = await newKey({ rpm_limit: 1 });
    expect((await ask(gateway.url, limited, api)).status).toBe(200);
    const reply = await ask(gateway.url, limited, api);
    expect(errorIn(api, reply)).toMatchObject({
      status: 429,
      type: 'rate_limit_error',
      message: `this key's limit of 1 request a minute is reached; try again in ${seconds(reply)} seconds`,
    });
    expect(seconds(reply)).toBeGreaterThan(0);
  });

  test('of tokens a minute', async () => {
    const limited = await newKey({ tpm_limit: 60 });
    await ask(gateway.url, limited, MESSAGES);
    const reply = await ask(gateway.url, limited, MESSAGES);
    expect(errorIn(MESSAGES, reply)).toMatchObject({
      status: 429,
      type: 'rate_limit_error',
      message: expect.stringContaining('limit of 60 tokens a minute is reached'),
    });
    expect(seconds(reply)).toBeGreaterThan(0);
  });

  test('of requests at the same time', async () => {
    const limited = await newKey({ max_parallel_requests: 1 });
    const slow = ask(gateway.url, limited, MESSAGES_STREAMED, 'fault: slow');
    await eventually(async () => expect(anthropic.requests.length).toBeGreaterThan(0));
    const reply = await ask(gateway.url, limited, MESSAGES);
    expect(errorIn(MESSAGES, reply)).toMatchObject({ status: 429, type: 'rate_limit_error' });
    expect(seconds(reply)).toBe(5);
    expect((await slow).status).toBe(200);
  });
});

describe("a provider's error", () => {
  const LONG = 'prompt is too long: 212000 tokens > 200000 maximum';
  const CREDENTIAL = "the gateway's own credential for the provider is not accepted by the provider";
  test.each([
    ['long', 400, 'invalid_request_error', LONG],
    ['account', 400, 'invalid_request_error', 'account [removed] may not use [removed]'],
    ['large', 413, 'request_too_large', 'Request exceeds the maximum size'],
    ['overloaded', 529, 'overloaded_error', 'the provider is overloaded; try again in a few seconds'],
    ['internal', 500, 'api_error', 'the provider failed at this request (500); try again in a few seconds'],
    ['missing', 404, 'not_found_error', 'the provider does not have the model, or something that the request names'],
    ['forbidden', 403, 'permission_error', 'the provider does not let this gateway use the model'],
    ['unauthorized', 401, 'authentication_error', `${CREDENTIAL}; whoever runs the gateway has to set it`],
    ['limited', 429, 'rate_limit_error', "the provider's rate limit is reached; try again in 37 seconds"],
    ['cut-at-once', 502, 'api_error', 'the provider is unreachable from the gateway; try again in a few seconds'],
  ])('%s is told as %i %s on every route', async (fault, status, type, message) => {
    const replies = EACH_API.map(async ([, api]) => errorIn(api, await ask(gateway.url, key, api, `fault: ${fault}`)));
    for (const error of await Promise.all(replies)) expect(error).toEqual({ status, type, message });
  });

  test('its rate limit reaches the agent at once, with its own Retry-After', async () => {
    const reply = await ask(gateway.url, key, MESSAGES, 'fault: limited');
    expect(seconds(reply)).toBe(37);
    expect(anthropic.requests).toHaveLength(1);
  });

  test.each(['internal', 'overloaded', 'busy', 'cut-at-once'])(
    '%s is tried once more, without the wait that the provider asks for',
    async (fault) => {
      const gone = AbortSignal.timeout(30_000);
      const reply = await fetch(`${gateway.url}${MESSAGES.path}`, {
        method: 'POST',
        signal: gone,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(MESSAGES.body(`fault: ${fault}`)),
      });
      expect(reply.status).toBeGreaterThanOrEqual(500);
      expect(anthropic.requests).toHaveLength(2);
    },
  );

  test('an answer that takes too long is 504', async () => {
    const reply = await ask(gateway.url, key, MESSAGES, 'fault: slow', { model: IMPATIENT });
    expect(errorIn(MESSAGES, reply)).toMatchObject({ status: 504, type: 'timeout_error' });
    // Another deployment of the name is asked in its place, but none twice.
    const asked = anthropic.requests.map(({ body }) => body.model);
    expect(asked).toEqual([...new Set(asked)]);
  });

  test("Bedrock's sentence about a prompt that is too long is relayed whole", async () => {
    for (const api of [MESSAGES, CHAT]) {
      const reply = await ask(gateway.url, key, api, 'fault: long', { model: BEDROCK_MODEL });
      expect(errorIn(api, reply)).toEqual({
        status: 400,
        type: 'invalid_request_error',
        message: 'Input is too long.',
      });
    }
  });
});

describe('a stream', () => {
  test('a provider that is silent before or after its first event is covered by pings', async () => {
    const [late, silent, chat] = await Promise.all([
      ask(gateway.url, key, MESSAGES_STREAMED, 'fault: late-start'),
      ask(gateway.url, key, MESSAGES_STREAMED, 'fault: silent'),
      ask(gateway.url, key, CHAT, 'fault: late-start', { stream: true }),
    ]);
    for (const reply of [late, silent]) {
      const events = eventsOf(reply.body);
      // LiteLLM makes some of its own, once the provider has begun to answer.
      expect(events.find(({ event }) => event === 'ping')?.data).toEqual({ type: 'ping' });
      expect(events.at(-1)?.event).toBe('message_stop');
    }
    expect(eventsOf(chat.body)[0]?.comment).toBe(true);
    expect(chat.body.trimEnd()).toMatch(/data: \[DONE\]$/);
  });

  test('characters that only Python takes for the end of a line are text like any other, whole and billed', async () => {
    const text = 'one\u2028two\u2029three\u0085four five six seven';
    const said = (body: string, pick: (data: ReturnType<typeof eventsOf>[number]['data']) => unknown) =>
      eventsOf(body)
        .map(({ data }) => (typeof data === 'object' ? (pick(data) ?? '') : ''))
        .join('');
    const reader = await newKey({ max_budget: 1, budget_duration: '30d' });
    const messages = await ask(gateway.url, reader, MESSAGES_STREAMED, `repeat: ${text}`);
    expect(said(messages.body, (data) => data['delta']?.text)).toBe(text);
    const chat = await ask(gateway.url, reader, CHAT, `repeat: ${text}`, { stream: true });
    expect(said(chat.body, (data) => data['choices']?.[0]?.delta?.content)).toBe(text);
    expect(chat.body.trimEnd()).toMatch(/data: \[DONE\]$/);
    const responses = await send('POST', `${gateway.url}/v1/responses`, reader, {
      model: MODEL,
      input: `repeat: ${text}`,
      stream: true,
    });
    expect(
      said(responses.body, (data) => (data['type'] === 'response.output_text.delta' ? data['delta'] : undefined)),
    ).toBe(text);
    expect(responses.body).toContain('response.completed');
    await eventually(async () => {
      const { body } = await send('GET', `${gateway.url}/key/info`, reader);
      expect(body.info.spend).toBeCloseTo(3 * COST, 6);
    }, 60);
  });

  test('one that breaks off ends with an error event', async () => {
    const message = "the provider's answer broke off; send the request again";
    const { body } = await ask(gateway.url, key, MESSAGES_STREAMED, 'fault: cut');
    expect(eventsOf(body).at(-1)).toMatchObject({
      event: 'error',
      data: { type: 'error', error: { type: 'api_error', message } },
    });
    const chat = await ask(gateway.url, key, CHAT, 'fault: cut', { stream: true });
    expect(eventsOf(chat.body).at(-1)?.data).toEqual({
      error: { type: 'api_error', message, param: null, code: '502' },
    });
    const responses = await send('POST', `${gateway.url}/v1/responses`, key, {
      model: MODEL,
      input: 'fault: cut',
      stream: true,
    });
    expect(responses.body).toContain(message);
    expect(responses.body).not.toMatch(/litellm\.|Exception/);
  });

  test("a provider's error in the middle keeps its type, without the provider's names", async () => {
    const { body } = await ask(gateway.url, key, MESSAGES_STREAMED, 'fault: error-event');
    expect(eventsOf(body).at(-1)?.data.error.type).toBe('overloaded_error');
    const chat = await ask(gateway.url, key, CHAT, 'fault: error-event', { stream: true });
    expect(eventsOf(chat.body).at(-1)?.data.error.type).toBe('overloaded_error');
    expect(body + chat.body).not.toContain('org-1a2b');
  });
});

describe('a request', () => {
  test('a body that is no JSON, no object or without messages is 400', async () => {
    const post = async (body: string) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', connection: 'close' };
      const answer = await fetch(`${gateway.url}/v1/messages`, { method: 'POST', headers, body });
      return { status: answer.status, headers: answer.headers, body: await answer.json() };
    };
    for (const body of ['{"model":', '[1]', `{"model":"${MODEL}","max_tokens":5}`])
      expect(errorIn(MESSAGES, await post(body))).toMatchObject({ status: 400, type: 'invalid_request_error' });
  });

  test('unknown fields, betas and request tags reach Anthropic unchanged', async () => {
    const extra = { tags: { project: 'a' }, unknown_field: { deep: [1] }, safeguards: { mode: 'auto' } };
    const betas = 'request-tags-2026-08-21,unknown-2099-01-01';
    const answer = await fetch(`${gateway.url}/v1/messages?beta=true`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'anthropic-beta': betas, connection: 'close' },
      body: JSON.stringify({ ...MESSAGES.body('Hello'), ...extra }),
    });
    expect(answer.status).toBe(200);
    const [asked] = anthropic.requests;
    expect(asked?.body).toMatchObject(extra);
    expect(String(asked?.headers['anthropic-beta']).split(',')).toEqual(expect.arrayContaining(betas.split(',')));
  });

  test('request tags and their beta are taken out before Bedrock', async () => {
    const answer = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'anthropic-beta': 'request-tags-2026-08-21', connection: 'close' },
      body: JSON.stringify({ ...MESSAGES.body('Hello'), model: BEDROCK_MODEL, tags: { project: 'a' } }),
    });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(bedrock.requests.map(({ body }) => body))).not.toMatch(/tags/);
  });

  test('tokens are counted by the provider, or not at all', async () => {
    const count = (model: string, content: string) =>
      send('POST', `${gateway.url}/v1/messages/count_tokens`, key, { model, messages: [{ role: 'user', content }] });
    expect(await count(MODEL, 'Hello')).toMatchObject({ status: 200, body: { input_tokens: 100 } });
    const impossible = await count(BEDROCK_MODEL, 'Hello');
    expect(errorIn(MESSAGES, impossible)).toMatchObject({ status: 501, type: 'not_supported' });
    expect(impossible.headers.get('x-should-retry')).toBe('false');
    expect(errorIn(MESSAGES, await count(MODEL, 'fault: internal')).status).toBe(501);
    expect(errorIn(MESSAGES, await count(MODEL, 'fault: long')).message).toMatch(/^prompt is too long: /);
  });

  test("models are listed in Anthropic's shape, with the catalog's titles", async () => {
    for (const headers of [{}, { 'anthropic-version': '2023-06-01' }]) {
      const { status, body } = await get('/v1/models', key, headers);
      expect(status).toBe(200);
      expect(body).toMatchObject({ has_more: false, first_id: MODEL });
      expect(body.data).toContainEqual(
        expect.objectContaining({ type: 'model', id: BEDROCK_MODEL, display_name: 'Claude Haiku 4.5 (Bedrock)' }),
      );
    }
    const refused = await get('/v1/models', 'sk-0000000000000000000000', { 'anthropic-version': '2023-06-01' });
    expect(errorIn(MESSAGES, refused)).toMatchObject({ status: 401, type: 'authentication_error' });
  });

  test("a route that does not exist is 404 in its API's envelope", async () => {
    const [anthropics, openais] = await Promise.all([
      send('POST', `${gateway.url}/anthropic/v1/messages`, key, MESSAGES.body('Hello')),
      send('POST', `${gateway.url}/v1/images/generations`, key, {}),
    ]);
    expect(errorIn(MESSAGES, anthropics)).toMatchObject({ status: 404, type: 'not_found_error' });
    expect(errorIn(CHAT, openais)).toMatchObject({ status: 404, type: 'not_found_error' });
  });
});

describe('usage', () => {
  test.each(EACH_API)(
    '%s: a good answer tells how full the cap is, and warns past 75 % and 95 %',
    async (_name, api) => {
      // The first request of a streamed answer is not counted yet when its head is sent.
      const budget = { max_budget: COST * 4.001, budget_duration: '30d' };
      const credential = await newKey(budget);
      const seen = new Map<string, Record<string, string>>();
      for (let asked = 0; asked < 6; asked += 1) {
        const reply = await ask(gateway.url, credential, api);
        if (reply.status !== 200) break;
        const usage = usageOf(reply);
        seen.set(usage['overage-utilization'] ?? '', usage);
        await sleep(500); // LiteLLM books an answer a moment after it
      }
      expect(seen.get('0.49')).toMatchObject({ status: 'allowed', 'overage-status': 'allowed' });
      expect(seen.get('0.49')).not.toHaveProperty('overage-surpassed-threshold');
      const { reset, ...fullest } = seen.get('0.99') ?? {};
      expect(fullest).toEqual({
        status: 'allowed_warning',
        'representative-claim': 'overage',
        'overage-status': 'allowed_warning',
        'overage-utilization': '0.99',
        'overage-surpassed-threshold': '0.95',
        'overage-reset': reset,
      });
      expect(Number(reset)).toBeGreaterThan(Date.now() / 1000);
    },
  );

  test('the tightest cap is told: a person who has little left, on a fresh key', async () => {
    const person = `tight-${Date.now()}`;
    await admin('/user/new', {
      user_id: person,
      auto_create_key: false,
      max_budget: COST * 1.25,
      budget_duration: '1d',
    });
    const reply = await ask(gateway.url, await newKey({ user_id: person, max_budget: 5 }), MESSAGES);
    expect(usageOf(reply)).toMatchObject({ 'overage-utilization': '0.80', 'overage-surpassed-threshold': '0.75' });
  });

  test("a key without a cap is told nothing, and nobody is told the provider's own limits", async () => {
    for (const [, api] of EACH_API) {
      const reply = await ask(gateway.url, key, api);
      expect([...reply.headers.keys()].filter((name) => name.includes('anthropic-ratelimit'))).toEqual([]);
    }
  });

  test('GET /api/oauth/usage tells the dollars of the same cap, also once it is spent', async () => {
    const credential = await newKey({ max_budget: COST * 1.5, budget_duration: '7d' });
    const reply = await ask(gateway.url, credential, MESSAGES);
    const resets = new Date(Number(usageOf(reply)['reset']) * 1000).toISOString();
    await eventually(async () => {
      const usage = await get('/api/oauth/usage', credential);
      expect(usage.headers.get('cache-control')).toBe('no-store');
      expect(usage).toMatchObject({
        status: 200,
        body: {
          extra_usage: {
            is_enabled: true,
            monthly_limit: 0.03,
            used_credits: 0.02,
            utilization: 66,
            currency: 'USD',
          },
          limits: [
            { kind: 'spend', group: 'weekly', percent: 66, resets_at: resets, severity: 'normal', is_active: true },
          ],
        },
      });
    }, 10);
    await spend(credential);
    expect((await get('/api/oauth/usage', credential)).body.extra_usage.utilization).toBeGreaterThanOrEqual(100);
    const refused = await get('/api/oauth/usage', 'sk-0000000000000000000000');
    expect(errorIn(MESSAGES, refused)).toMatchObject({ status: 401, type: 'authentication_error' });
    expect(refused.headers.get('x-should-retry')).toBe('false');
  });
});

test('while LiteLLM is away the edge answers 503 in the words of the route', async () => {
  await gateway.litellm.stop();
  try {
    for (const api of [MESSAGES, CHAT]) {
      const reply = await ask(gateway.url, key, api);
      expect(errorIn(api, reply)).toMatchObject({ status: 503, type: 'api_error' });
      expect(seconds(reply)).toBe(5);
    }
    const models = await get('/v1/models', key, { 'anthropic-version': '2023-06-01' });
    expect(errorIn(MESSAGES, models)).toMatchObject({ status: 503, type: 'api_error' });
    expect(errorIn(MESSAGES, await get('/api/oauth/usage', key))).toMatchObject({ status: 503, type: 'api_error' });
  } finally {
    await gateway.litellm.start();
  }
});
