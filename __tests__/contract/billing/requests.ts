/** The requests of the billing suite: what each dimension of the price sheet looks like in a provider's usage object. */

const tokens = (input_tokens: number, output_tokens: number, more: Record<string, unknown> = {}) => ({
  ...{ input_tokens, output_tokens },
  ...more,
});
const writes = (short: number, hour: number) => ({
  cache_creation_input_tokens: short + hour,
  cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: hour },
});

export type Usage = Record<string, unknown>;

/** By name; what Bedrock reports too. */
export const TOKENS: Readonly<Record<string, Usage>> = {
  'fresh input and output': tokens(1000, 500),
  'a cache read': tokens(1000, 500, { cache_read_input_tokens: 20_000 }),
  'a five-minute write': tokens(10, 500, writes(5000, 0)),
  'a one-hour write': tokens(10, 500, writes(1000, 4000)),
  'a prompt at the edge of a band': tokens(40_000, 500, { cache_read_input_tokens: 60_000 }),
  'a prompt one token beyond it': tokens(40_001, 500, { cache_read_input_tokens: 60_000 }),
  'a one-hour write beyond a band': tokens(1, 500, writes(0, 150_000)),
};

/** What only Anthropic's own API reports. */
export const ANTHROPIC_ONLY: Readonly<Record<string, Usage>> = {
  'a write whose parts are zero': tokens(10, 50, {
    cache_creation_input_tokens: 5000,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  }),
  'a write without parts': tokens(10, 50, { cache_creation_input_tokens: 5000 }),
  'web searches': tokens(1000, 500, { server_tool_use: { web_search_requests: 3, web_fetch_requests: 7 } }),
  'plain and unknown words': tokens(100, 50, {
    speed: 'standard',
    inference_geo: 'global',
    service_tier: 'unheard-of',
  }),
  'a compaction': tokens(100, 50, {
    iterations: [
      { type: 'compaction', ...tokens(150_000, 3000) },
      { type: 'message', ...tokens(100, 50) },
    ],
  }),
};

/** What a client has to ask for. */
export const DEARER: Readonly<Record<string, Record<string, unknown>>> = {
  'fast mode': { speed: 'fast' },
  'US-only inference': { inference_geo: 'us' },
  'fast mode in the US': { speed: 'fast', inference_geo: 'us' },
};

export const APIS = ['messages', 'chat completions', 'responses'] as const;
export type Api = (typeof APIS)[number];

/** How an answer comes, and where a stream reports its usage. */
export const FORMS = ['whole', 'cumulative', 'start', 'end'] as const;
export type Form = (typeof FORMS)[number];

/** One request of an API, which tells the scripted provider what to report. */
export function request(
  api: Api,
  model: string,
  form: Form,
  told: object,
  fields: object = {},
): { path: string; body: object } {
  const text = `usage ${JSON.stringify({ ...told, ...(form === 'whole' ? {} : { streamed: form }) })}`;
  const common = { model, stream: form !== 'whole', ...fields };
  const messages = [{ role: 'user', content: text }];
  if (api === 'messages') return { path: '/v1/messages', body: { ...common, max_tokens: 1000, messages } };
  if (api === 'responses') return { path: '/v1/responses', body: { ...common, input: text } };
  return { path: '/v1/chat/completions', body: { ...common, messages } };
}
