import { servedModels } from '../../../settings/served-models';
import { send } from '../support/requests';
import { startScriptedAnthropic } from '../support/scripted-anthropic/scripted-anthropic';
import { type Gateway, startGateway } from '../support/start-gateway';

let gateway: Gateway;
let upstream: Awaited<ReturnType<typeof startScriptedAnthropic>>;
beforeAll(async () => {
  upstream = await startScriptedAnthropic({ bills: true });
  gateway = await startGateway({ mock: [], apiBase: { anthropic: upstream.url } });
}, 300_000);
afterAll(async () => {
  await gateway?.stop();
  await upstream?.stop();
});

const DIMENSIONS: Record<string, Record<string, unknown>> = {
  plain: { input_tokens: 1000, output_tokens: 500 },
  read: { input_tokens: 1000, cache_read_input_tokens: 20_000, output_tokens: 500 },
  write5m: {
    input_tokens: 10,
    cache_creation_input_tokens: 5000,
    cache_creation: { ephemeral_5m_input_tokens: 5000, ephemeral_1h_input_tokens: 0 },
    output_tokens: 500,
  },
  write1h: {
    input_tokens: 10,
    cache_creation_input_tokens: 5000,
    cache_creation: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 4000 },
    output_tokens: 500,
  },
  zeros: {
    input_tokens: 10,
    cache_creation_input_tokens: 5000,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: 500,
  },
  noparts: { input_tokens: 10, cache_creation_input_tokens: 5000, output_tokens: 500 },
  search: { input_tokens: 1000, output_tokens: 500, server_tool_use: { web_search_requests: 3 } },
  edge: { input_tokens: 40_000, cache_read_input_tokens: 60_000, output_tokens: 500 },
  above: { input_tokens: 40_001, cache_read_input_tokens: 60_000, output_tokens: 500 },
  hourlong: {
    input_tokens: 1,
    cache_creation_input_tokens: 150_000,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 150_000 },
    output_tokens: 500,
  },
  words: { input_tokens: 100, output_tokens: 50, speed: 'standard', inference_geo: 'global', service_tier: 'weird' },
  fast: { input_tokens: 100, output_tokens: 50, cache_read_input_tokens: 500, speed: 'fast' },
  us: { input_tokens: 100, output_tokens: 50, inference_geo: 'us' },
  compaction: {
    input_tokens: 100,
    output_tokens: 50,
    iterations: [
      { type: 'compaction', input_tokens: 150_000, output_tokens: 3000 },
      { type: 'message', input_tokens: 100, output_tokens: 50 },
    ],
  },
};

const bodies = {
  messages: (model: string, text: string, stream: boolean) => ({
    path: '/v1/messages',
    body: { model, max_tokens: 1000, stream, messages: [{ role: 'user', content: text }] },
  }),
  chat: (model: string, text: string, stream: boolean) => ({
    path: '/v1/chat/completions',
    body: { model, stream, messages: [{ role: 'user', content: text }] },
  }),
  responses: (model: string, text: string, stream: boolean) => ({ path: '/v1/responses', body: { model, stream, input: text } }),
};

test('matrix', async () => {
  const { body: made } = await send('POST', `${gateway.url}/key/generate`, gateway.masterKey, { models: ['claude-opus-5-5', 'claude-haiku-5-5'], max_budget: 30, rpm_limit: 100 });
  void made;
  const wanted: { id: string; what: string; usd: number; status: number }[] = [];
  for (const name of (process.env.MODELS ?? 'claude-opus-5-5 claude-haiku-5-5').split(' ')) {
    for (const [dimension, usage] of Object.entries(DIMENSIONS)) {
      if (name.includes('haiku') && ['fast', 'us'].includes(dimension)) continue;
      for (const [api, make] of Object.entries(bodies)) {
        for (const [stream, streamed] of [
          [false, 'cumulative'],
          [true, 'cumulative'],
          [true, 'start'],
          [true, 'end'],
        ] as const) {
          const id = `${name} ${dimension} ${api} ${stream ? streamed : 'json'}`;
          const { path, body } = make(name, `usage ${JSON.stringify({ usage, streamed, id })}`, stream);
          const before = upstream.bill.length;
          const reply = await send('POST', `${gateway.url}${path}`, gateway.masterKey, body);
          const line = upstream.bill[before];
          wanted.push({ id: reply.headers.get('x-litellm-call-id') ?? '', what: id, usd: line?.usd ?? Number.NaN, status: reply.status });
        }
      }
    }
  }
  await new Promise((r) => setTimeout(r, 18_000));
  const logs = await send('GET', `${gateway.url}/spend/logs`, gateway.masterKey);
  const rows = logs.body as { request_id: string; spend: number; metadata: any; litellm_call_id?: string }[];
  require('node:fs').writeFileSync('/tmp/rows.json', JSON.stringify({ rows, wanted }));
  let bad = 0;
  for (const want of wanted) {
    const row = rows.filter((r) => JSON.stringify(r).includes(want.id));
    const spend = row.reduce((s, r) => s + r.spend, 0);
    if (want.status !== 200 || Math.abs(spend - want.usd) > 0.001 * want.usd) {
      bad++;
      console.log(want.what, want.status, 'bill', want.usd, 'counted', spend, row.length);
    }
  }
  console.log(rows.length, 'rows', wanted.length, 'requests', bad, 'bad');
  void servedModels;
}, 300_000);
