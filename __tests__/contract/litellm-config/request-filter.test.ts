import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ALLOWED_ROUTES } from '../../../images/key-provisioner/src/keys/routes';
import { REQUEST_RULES } from '../../../litellm-config/request-rules';
import { cacheDirectory } from '../../../runtime/installation/directories';
import { LITELLM_VERSION } from '../../../runtime/versions';
import { litellmNames as namesOf } from '../../../scripts/litellm/inventory';
import { startForeignServer } from '../agents/support/foreign-server';
import { sendCommand } from '../support/harness';
import { eventually, type Reply, send } from '../support/requests';
import { type Recorded, startScriptedAnthropic } from '../support/scripted-anthropic/scripted-anthropic';
import { type Gateway, startGateway } from '../support/start-gateway';

/**
 * Fields, query parameters and headers of a request that would have LiteLLM do something else than its key may: each is tried
 * against the real LiteLLM, with a recording stand-in for the provider and a proxy that catches whatever goes elsewhere.
 */

let upstream: Awaited<ReturnType<typeof startScriptedAnthropic>>;
let failing: Awaited<ReturnType<typeof startScriptedAnthropic>>;
let elsewhere: Awaited<ReturnType<typeof startForeignServer>>;
let gateway: Gateway;
let key: string;
/** What LiteLLM asked for elsewhere before the first request. */
let atStart: unknown[];

beforeAll(async () => {
  [upstream, failing, elsewhere] = await Promise.all([
    startScriptedAnthropic({
      errorReplyTo: (body) => {
        const status = /answer with (\d+)/.exec(body)?.[1];
        return status ? { status: Number(status), type: 'api_error', message: 'as asked' } : undefined;
      },
    }),
    startScriptedAnthropic({ errorReply: { status: 500, type: 'api_error', message: 'Internal server error' } }),
    startForeignServer(),
  ]);
  gateway = await startGateway({
    mock: ['bedrock'],
    apiBase: { anthropic: upstream.url },
    configure: ({ model_list, litellm_settings }) => {
      // Hundreds of requests a minute come from these tests.
      delete litellm_settings['upperbound_key_generate_params'];
      for (const entry of model_list)
        if (entry.model_name === 'claude-opus-4') entry.litellm_params['api_base'] = failing.url;
    },
    env: { HTTP_PROXY: elsewhere.url, HTTPS_PROXY: elsewhere.url },
  });
  atStart = [...elsewhere.requests];
  key = await newKey(['claude-haiku-4-5', 'claude-opus-4']);
}, 900_000);
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([upstream.stop(), failing.stop()]);
  elsewhere.stop();
});
beforeEach(() => {
  upstream.requests.length = 0;
  failing.requests.length = 0;
  elsewhere.requests.length = 0;
});
/** Whatever a test did, nothing but the configured address was asked. */
afterEach(() => expect(elsewhere.requests).toEqual([]));

async function newKey(models: string[]): Promise<string> {
  const { body } = await send('POST', `${gateway.url}/key/generate`, gateway.masterKey, {
    models,
    allowed_routes: ALLOWED_ROUTES,
  });
  return body.key;
}

const MODEL = 'claude-haiku-4-5';
const messages = [{ role: 'user', content: 'Hello' }];
const BODIES: Record<string, Record<string, unknown>> = {
  '/v1/messages': { model: MODEL, max_tokens: 100, messages },
  '/v1/messages/count_tokens': { model: MODEL, messages },
  '/v1/chat/completions': { model: MODEL, messages, max_tokens: 100 },
  '/chat/completions': { model: MODEL, messages, max_tokens: 100 },
  '/v1/responses': { model: MODEL, input: 'Hello', max_output_tokens: 100 },
  '/responses': { model: MODEL, input: 'Hello', max_output_tokens: 100 },
  '/v1/completions': { model: MODEL, prompt: 'Hello', max_tokens: 100 },
};
const ROUTES = Object.keys(BODIES);
const ask = (route: string, extra: object = {}, query = ''): Promise<Reply> =>
  send('POST', `${gateway.url}${route}${query}`, key, { ...BODIES[route], ...extra });

/** What reached the provider, without what differs between any two requests. */
function seen({ path, headers, body }: Recorded) {
  const { 'content-length': _length, ...rest } = headers;
  return { path, headers: rest, body };
}

/** The same request to the same place: what was added changed nothing. */
async function expectUnchanged(route: string, extra: object, query = '') {
  await ask(route);
  const { status } = await ask(route, extra, query);
  const [plain, added, ...more] = upstream.requests.splice(0).map(seen);
  expect({ status, added, more }).toEqual({ status: 200, added: plain, more: [] });
}

describe('a field that would send the request elsewhere or with another credential', () => {
  const hostile = (): Record<string, unknown> => ({
    custom_llm_provider: 'deepseek',
    extra_headers: { 'x-api-key': 'bad', host: 'evil.example.com' },
    headers: { 'x-api-key': 'bad' },
    provider_specific_header: { custom_llm_provider: 'anthropic', extra_headers: { 'x-api-key': 'bad' } },
    api_base: elsewhere.url,
    base_url: elsewhere.url,
    api_key: 'sk-other',
    user_config: {
      model_list: [{ model_name: MODEL, litellm_params: { model: 'openai/x', api_base: elsewhere.url } }],
    },
    model_list: [{ model_name: MODEL, litellm_params: { model: 'openai/x', api_base: elsewhere.url } }],
    extra_body: { model: 'claude-opus-5-5' },
    extra_query: { model: 'claude-opus-5-5' },
    fallbacks: ['claude-opus-5-5'],
    context_window_fallbacks: [{ [MODEL]: ['claude-opus-5-5'] }],
    num_retries: 50,
    max_retries: 50,
    timeout: 0.001,
    request_timeout: 0.001,
    stream_timeout: 0.001,
    mock_response: 'mocked',
    mock_testing_fallbacks: true,
    mock_timeout: true,
    caching: true,
    cache: { 'no-store': false },
    'no-log': true,
    tags: ['other'],
    guardrails: ['none'],
    model_info: { id: 'claude-opus-5-5/1', input_cost_per_token: 0 },
    input_cost_per_token: 0,
    litellm_metadata: { tags: ['other'], user_api_key_user_id: 'somebody' },
    litellm_credential_name: 'other',
    specific_deployment: true,
    deployment_id: 'claude-opus-5-5/1',
    router_settings_override: { num_retries: 50 },
    allowed_openai_params: ['model'],
    drop_params: false,
    additional_drop_params: ['messages'],
    use_litellm_proxy: true,
    organization: 'other',
    ssl_verify: false,
    prompt_id: 'other',
    user_api_key_dict: { models: [] },
  });

  test.each(ROUTES)('%s: each alone and all together', async (route) => {
    const carried = route.startsWith('/v1/messages') ? ['tags'] : [];
    for (const [name, value] of Object.entries(hostile())) {
      if (!carried.includes(name)) await expectUnchanged(route, { [name]: value });
    }
    const all = hostile();
    for (const name of carried) delete all[name];
    await expectUnchanged(route, all);
  });

  test('the provider keeps answering a neighbour', async () => {
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await ask('/v1/messages', { extra_headers: { 'x-api-key': 'bad' } });
      expect((await ask('/v1/chat/completions')).status).toBe(200);
    }
  });
});

describe('a request that the provider refuses', () => {
  /** As many times as a refusal is not tried again: LiteLLM waits seconds between its tries of the others. */
  test.each([
    ...[400, 401, 403, 404, 413].map((refusal) => ({ refusal, times: 3 })),
    ...[429, 500].map((refusal) => ({ refusal, times: 1 })),
  ])('with $refusal closes the model for nobody else', async ({ refusal, times }) => {
    for (let time = 0; time < times; time += 1) {
      const route = time % 2 === 0 ? '/v1/messages' : '/v1/chat/completions';
      const { status } = await ask(route, { messages: [{ role: 'user', content: `answer with ${refusal}` }] });
      expect(status).toBeGreaterThanOrEqual(400);
    }
    const neighbour = await Promise.all(ROUTES.map((other) => ask(other)));
    expect(neighbour.map(({ status }) => status)).toEqual(ROUTES.map(() => 200));
  });
});

describe('every name that the installed LiteLLM reads', () => {
  let names: string[];
  beforeAll(async () => {
    names = await litellmNames();
  });

  /** Fields of the provider's API: they are meant to be there. */
  const ours = (route: string) => {
    const rule = REQUEST_RULES.find(({ paths }) => paths.includes(route));
    return new Set([...(rule?.fields ?? []), ...(rule?.carried ?? [])].flatMap(({ fields }) => fields));
  };
  const values: Record<string, () => unknown> = {
    text: () => 'claude-opus-5-5',
    address: () => elsewhere.url,
    number: () => 50,
    true: () => true,
    list: () => ['claude-opus-5-5'],
    object: () => ({ 'x-api-key': 'bad', model: 'claude-opus-5-5', api_base: elsewhere.url, tags: ['other'] }),
  };

  test.each(ROUTES)('%s: none steers the request, whatever its value', async (route) => {
    const known = ours(route);
    const foreign = names.filter((name) => !known.has(name));
    expect(foreign.length).toBeGreaterThan(1000);
    for (const value of Object.values(values)) {
      await ask(route);
      const { status } = await ask(route, Object.fromEntries(foreign.map((name) => [name, value()])));
      const [plain, added, ...more] = upstream.requests.splice(0).map(seen);
      // On Anthropic's routes a name may go on to the provider, as it stands; it changes nothing else.
      const body = Object.fromEntries(
        Object.entries(added?.body ?? {}).filter(([name]) => name in (plain?.body ?? {})),
      );
      expect({ status, added: { ...added, body }, more }).toEqual({ status: 200, added: plain, more: [] });
      if (!route.startsWith('/v1/messages')) expect(added?.body).toEqual(plain?.body);
    }
  });

  test('inside metadata: the provider sees the user id, and nothing is booked elsewhere', async () => {
    for (const route of ['/v1/messages', '/v1/chat/completions', '/v1/responses']) {
      const metadata = Object.fromEntries(names.map((name) => [name, ['other']]));
      const { status } = await ask(route, { metadata: { ...metadata, user_id: 'me' }, user: 'other' });
      expect(status).toBe(200);
    }
    expect(upstream.requests[0]?.body['metadata']).toMatchObject({ user_id: 'me' });
    await eventually(async () => {
      const rows = await query(
        `SELECT request_tags, end_user, "user", team_id, metadata FROM "LiteLLM_SpendLogs" ORDER BY "startTime" DESC LIMIT 3`,
      );
      expect(rows).toHaveLength(3);
      for (const row of rows) expect(JSON.stringify(row)).not.toContain('other');
    });
    expect(await query('SELECT user_id FROM "LiteLLM_EndUserTable"')).toEqual([]);
  });
});

describe('a query parameter or a header', () => {
  test.each(ROUTES)('%s: the query chooses no model', async (route) => {
    await expectUnchanged(route, {}, '?model=claude-opus-5-5&api-version=1&user=other&num_retries=50&timeout=1');
  });

  test.each(ROUTES)('%s: streamed neither', async (route) => {
    if (route.endsWith('count_tokens')) return;
    const response = await fetch(`${gateway.url}${route}?model=claude-opus-5-5`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...BODIES[route], stream: true }),
    });
    await response.text();
    expect(upstream.requests.map(({ body }) => body.model)).toEqual(['claude-haiku-4-5-20251001']);
  });

  test.each(ROUTES)('%s: headers that LiteLLM obeys are not there', async (route) => {
    const request = (headers: Record<string, string>) =>
      fetch(`${gateway.url}${route}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(BODIES[route]),
      });
    await request({});
    const { status } = await request({
      'x-litellm-tags': 'other',
      'x-litellm-num-retries': '50',
      'x-litellm-timeout': '0.001',
      'x-litellm-stream-timeout': '0.001',
      'x-litellm-api-base': elsewhere.url,
      'x-litellm-customer-id': 'other',
      'x-litellm-end-user-id': 'other',
      'x-litellm-model-group': 'claude-opus-5-5',
      'x-litellm-spend-logs-metadata': '{"other":1}',
      'x-litellm-enable-message-redaction': 'false',
      'x-pass-host': 'evil.example.com',
      'api-key': 'bad',
      'x-goog-api-key': 'bad',
      'anthropic-workspace-id': 'wrkspc_other',
      'anthropic-user-profile-id': 'other',
      'openai-organization': 'other',
      'x-forwarded-host': 'evil.example.com',
      'cache-control': 's-maxage=600',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    });
    const [plain, added, ...more] = upstream.requests.map(seen);
    expect({ status, added, more }).toEqual({ status: 200, added: plain, more: [] });
  });

  test('a beta of Claude Code reaches the provider', async () => {
    await fetch(`${gateway.url}/v1/messages?beta=true`, {
      method: 'POST',
      headers: {
        'x-api-key': key,
        'content-type': 'application/json',
        'anthropic-beta': 'never-heard-of-2027-01-01',
      },
      body: JSON.stringify(BODIES['/v1/messages']),
    });
    expect(upstream.requests[0]?.headers['anthropic-beta']).toContain('never-heard-of-2027-01-01');
  });
});

describe('one request', () => {
  const lists = ['claude-haiku-4-5,claude-haiku-4-5', ['claude-haiku-4-5', 'claude-haiku-4-5'], '', 7, {}, null];
  test.each(ROUTES)('%s: names one model or is refused', async (route) => {
    for (const model of lists) {
      const { status } = await ask(route, { model });
      expect({ model, status: status >= 400 && status < 500 }).toEqual({ model, status: true });
    }
    expect(upstream.requests).toEqual([]);
  });

  test('is tried three times at the most where the provider fails', async () => {
    for (const route of ['/v1/messages', '/v1/chat/completions', '/v1/responses']) {
      failing.requests.length = 0;
      await ask(route, {
        model: 'claude-opus-4',
        num_retries: 50,
        max_retries: 50,
        retry_policy: { InternalServerErrorRetries: 50 },
      });
      expect(failing.requests.length).toBeLessThanOrEqual(3);
    }
  });

  test('of many prompts is refused', async () => {
    const { status, body } = await ask('/v1/completions', {
      prompt: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    });
    expect({ status, message: body.error.message }).toMatchObject({
      status: 400,
      message: expect.stringContaining('`prompt`'),
    });
    expect(upstream.requests).toEqual([]);
  });

  test.each(['/v1/messages', '/v1/chat/completions', '/v1/responses'])(
    '%s: with a tool in which another model answers is refused by name',
    async (route) => {
      const { status, body } = await ask(route, {
        tools: [
          {
            type: 'advisor_20260301',
            name: 'advisor',
            model: 'claude-opus-5-5',
            api_base: elsewhere.url,
            api_key: 'x',
          },
        ],
      });
      expect({ status, message: body.error.message }).toMatchObject({
        status: 400,
        message: expect.stringContaining('advisor'),
      });
      expect(upstream.requests).toEqual([]);
    },
  );
});

test('lists of models and embeddings have LiteLLM ask nobody but the configured address', async () => {
  const lists = ['/v1/models', '/models', `/v1/models/${MODEL}`, '/v1/model/info', '/model/info', '/model_group/info'];
  for (const path of lists)
    expect([path, (await send('GET', `${gateway.url}${path}`, key)).status]).toEqual([path, 200]);
  for (const path of ['/v1/embeddings', '/embeddings']) {
    // No model of the catalog makes embeddings; whatever is answered, nothing is sent elsewhere.
    await send('POST', `${gateway.url}${path}`, key, { model: MODEL, input: 'Hello', custom_llm_provider: 'openai' });
  }
});

describe('whatever is asked, and at its start, LiteLLM contacts nobody but its database and the configured address', () => {
  const picture = 'https://pictures.example.com/a.png';
  const server = 'https://tools.example.com/mcp';
  const chatPicture = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: picture } }] }];
  const anthropicPicture = [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: picture } }] }];
  const document = [{ role: 'user', content: [{ type: 'document', source: { type: 'url', url: picture } }] }];
  const file = [{ role: 'user', content: [{ type: 'file', file: { file_id: picture } }] }];
  const requests: [what: string, route: string, extra: object][] = [
    ['a picture by its URL', '/v1/chat/completions', { messages: chatPicture }],
    ['a picture by its URL', '/v1/messages', { messages: anthropicPicture }],
    ['a picture by its URL', '/v1/messages/count_tokens', { messages: anthropicPicture }],
    [
      'a picture by its URL',
      '/v1/responses',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: picture }] }] },
    ],
    ['a document by its URL', '/v1/messages', { messages: document }],
    ['a file by its URL', '/v1/chat/completions', { messages: file }],
    ['an MCP server', '/v1/messages', { mcp_servers: [{ type: 'url', url: server, name: 'x' }] }],
    ['an MCP server', '/v1/responses', { tools: [{ type: 'mcp', server_label: 'x', server_url: server }] }],
    ['an MCP server', '/v1/chat/completions', { tools: [{ type: 'mcp', server_label: 'x', server_url: server }] }],
  ];

  /** What processes and threads of LiteLLM connect to, while something happens; undefined where nobody can look. */
  async function connectionsDuring(happens: () => Promise<void>) {
    const watcher = spawn('strace', [
      '-f',
      '-e',
      'trace=connect,sendto,sendmsg,write,writev',
      '-p',
      String(gateway.litellmPid),
    ]);
    let text = '';
    const attached = new Promise<void>((resolve) => {
      watcher.stderr.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (/ attached/.test(text)) resolve();
      });
    });
    const failed = await Promise.race([once(watcher, 'error'), once(watcher, 'exit'), attached]);
    if (failed) return undefined;
    await happens();
    await sleep(500);
    watcher.kill('SIGINT');
    await once(watcher, 'exit');
    const addresses = /sin6?_port=htons\((\d+)\).*?(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]+)"/g;
    return { calls: text, contacted: [...text.matchAll(addresses)].map(([, port, address]) => `${address}:${port}`) };
  }

  test('at its start: prices, betas and versions come from what is installed', () => {
    expect(atStart).toEqual([]);
  });

  test.each(requests)('%s on %s is asked for by the provider, if by anybody', async (_what, route, extra) => {
    for (const stream of [false, true]) {
      const { status } = await ask(route, { ...extra, ...(route.endsWith('count_tokens') ? {} : { stream }) });
      expect(status).toBeLessThan(500);
    }
  });

  test('no connection and no look-up of a name leaves this machine, past the proxy neither', async () => {
    const seen = await connectionsDuring(async () => {
      for (const route of ROUTES) await ask(route, {}, '?beta=true');
      for (const [, route, extra] of requests) await ask(route, extra);
      for (const path of [
        '/health/readiness',
        '/health/liveliness',
        '/v1/models',
        '/v1/model/info',
        '/public/model_hub',
      ])
        await send('GET', `${gateway.url}${path}`, gateway.masterKey);
    });
    if (!seen) return console.warn('SKIPPED: connections past the proxy are not looked at; that needs strace');
    // What the provider is asked at least, by a connection that may be there already.
    expect(seen.calls).toContain('"POST /v1/messages');
    expect(
      seen.contacted.filter((to) => !/^(?:127\.0\.0\.1|::1|::ffff:127\.0\.0\.1):/.test(to) || to.endsWith(':53')),
    ).toEqual([]);
  });
});

describe('what nobody knows', () => {
  const unknown = {
    never_heard_of: { deep: [1, 2] },
    diagnostics: { previous_message_id: null },
    tags: { team: 'a' },
    service_tier: 'auto',
  };

  test.each([false, true])('reaches the provider on /v1/messages as it stands (streamed: %s)', async (stream) => {
    const response = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...BODIES['/v1/messages'], ...unknown, stream }),
    });
    await response.text();
    expect(response.status).toBe(200);
    expect(upstream.requests.map(({ body }) => body)).toMatchObject([unknown]);
  });

  test('reaches the provider when tokens are counted', async () => {
    const { body } = await ask('/v1/messages/count_tokens', { ...unknown, thinking: { type: 'adaptive' } });
    expect(body).toMatchObject({ input_tokens: 100 });
    expect(upstream.requests[0]).toMatchObject({
      path: '/v1/messages/count_tokens',
      body: { never_heard_of: { deep: [1, 2] }, thinking: { type: 'adaptive' } },
    });
  });

  test('ends at the gateway on OpenAI’s routes', async () => {
    for (const route of ['/v1/chat/completions', '/v1/responses']) await expectUnchanged(route, { never_heard_of: 1 });
  });

  test('another request carries nothing of it', async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_, index) => ask('/v1/messages', index % 2 === 0 ? { never_heard_of: index } : {})),
    );
    const values = upstream.requests.map(({ body }) => body['never_heard_of']).filter((value) => value !== undefined);
    expect(values.sort()).toEqual([0, 10, 2, 4, 6, 8]);
  });
});

describe('a body', () => {
  test('that is not JSON is answered in the words of its route', async () => {
    const post = (route: string, body: string, type = 'application/json') =>
      fetch(`${gateway.url}${route}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': type },
        body,
      });
    const broken = await post('/v1/messages', '{"model": ');
    expect({ status: broken.status, body: await broken.json() }).toMatchObject({
      status: 400,
      body: { type: 'error', error: { type: 'invalid_request_error', message: 'the body is not valid JSON' } },
    });
    const list = await post('/v1/chat/completions', '[]');
    expect({ status: list.status, body: await list.json() }).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error', message: 'the body must be a JSON object' } },
    });
    const form = await post(
      '/v1/chat/completions',
      'model=claude-opus-5-5&num_retries=50',
      'application/x-www-form-urlencoded',
    );
    expect(form.status).toBe(400);
  });
});

describe('a route of LiteLLM that the rules do not name', () => {
  test('does not exist, whoever asks', async () => {
    const served = new Set(REQUEST_RULES.flatMap(({ paths }) => paths));
    const routes = (await litellmRoutes()).filter((route) => !served.has(route));
    expect(routes.length).toBeGreaterThan(100);
    const found: string[] = [];
    for (const route of routes) {
      const path = route
        .replace(/\{[^}]+\}/g, 'x')
        .replace('*', 'x')
        .replace('?x', '');
      if (served.has(path)) continue;
      for (const method of ['GET', 'POST']) {
        for (const credential of [key, gateway.masterKey]) {
          const { status } = await send(
            method,
            `${gateway.url}${path}`,
            credential,
            method === 'POST' ? { model: MODEL } : undefined,
          );
          if (status !== 404) found.push(`${method} ${path} ${status}`);
        }
      }
    }
    expect(found).toEqual([]);
    expect(upstream.requests).toEqual([]);
  });
});

const run = promisify(execFile);

/** Runs a Python program with the LiteLLM under test. */
async function withLiteLLM(program: string[]): Promise<string> {
  const { python } = await sendCommand<{ python: string }>('POST', '/databases');
  const { stdout } = await run(python, program, {
    env: { ...process.env, LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

async function litellmNames(): Promise<string[]> {
  const { python } = await sendCommand<{ python: string }>('POST', '/databases');
  return namesOf(LITELLM_VERSION, python, cacheDirectory());
}

const litellmRoutes = async () =>
  JSON.parse(
    await withLiteLLM([
      '-c',
      'import json; from litellm.proxy._types import LiteLLMRoutes as R; print(json.dumps(sorted(set(R.llm_api_routes.value))))',
    ]),
  ) as string[];

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: gateway.databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}
