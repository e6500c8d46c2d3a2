import fc from 'fast-check';
import { NO_USAGE, type Usage } from '../../../catalog/cost';
import { usageOfAnthropic, usageOfLiteLLM } from '../../../catalog/usage';

test.each<[string, unknown, Partial<Usage>]>([
  ['no more than two counts', { input_tokens: 7, output_tokens: 3 }, { input: 7, output: 3 }],
  [
    'a write split by lifetime',
    {
      ...{ input_tokens: 1, cache_creation_input_tokens: 30, cache_read_input_tokens: 5, output_tokens: 2 },
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    },
    { input: 1, cacheRead: 5, cacheWrite5m: 10, cacheWrite1h: 20, output: 2 },
  ],
  ['a write without parts', { cache_creation_input_tokens: 30 }, { cacheWrite5m: 30 }],
  ['a write with null for its parts', { cache_creation_input_tokens: 30, cache_creation: null }, { cacheWrite5m: 30 }],
  [
    'a write whose parts are zero',
    {
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    },
    { cacheWrite5m: 30 },
  ],
  [
    'parts without a sum',
    { cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 2 } },
    { cacheWrite5m: 1, cacheWrite1h: 2 },
  ],
  ['searches', { server_tool_use: { web_search_requests: 4, web_fetch_requests: 9 } }, { webSearches: 4 }],
  ['fast mode', { speed: 'fast', inference_geo: 'us' }, { speed: 'fast', inferenceGeo: 'us' }],
  [
    'the plain words',
    { speed: 'standard', inference_geo: 'global', service_tier: 'standard' },
    { inferenceGeo: 'global' },
  ],
  ['words of a later day', { speed: 'warp', service_tier: 'platinum', inference_geo: null }, {}],
  ['a batch', { service_tier: 'batch' }, { batch: true }],
  [
    'a compaction',
    {
      ...{ input_tokens: 10, output_tokens: 2 },
      iterations: [
        { type: 'compaction', input_tokens: 180, output_tokens: 35 },
        { type: 'message', input_tokens: 10, output_tokens: 2 },
      ],
    },
    {
      ...{ input: 10, output: 2 },
      compactions: [{ input: 180, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 35 }],
    },
  ],
])('a usage object with %s is read', (_what, raw, expected) => {
  expect(usageOfAnthropic(raw)).toEqual({ ...NO_USAGE, inferenceGeo: undefined, ...expected });
});

test.each([
  [{ input_tokens: -1 }],
  [{ output_tokens: 'many' }],
  [{ iterations: [{ input_tokens: -5 }] }],
  ['usage'],
  [null],
])('a usage object such as %j is refused', (raw) => {
  expect(() => usageOfAnthropic(raw)).toThrow();
});

test('a usage object says the same in the form in which LiteLLM keeps it', () => {
  const tokens = fc.nat({ max: 100_000 });
  fc.assert(
    fc.property(
      tokens,
      tokens,
      tokens,
      tokens,
      tokens,
      fc.nat({ max: 9 }),
      (input, read, short, hour, output, searches) => {
        const parts = { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: hour };
        const words = { server_tool_use: { web_search_requests: searches }, speed: 'fast', inference_geo: 'us' };
        const anthropic = {
          ...{ input_tokens: input, cache_read_input_tokens: read, cache_creation_input_tokens: short + hour },
          ...{ cache_creation: parts, output_tokens: output },
          ...words,
        };
        const litellm = {
          ...{ prompt_tokens: input + read + short + hour, completion_tokens: output },
          ...{ cache_read_input_tokens: read, cache_creation_input_tokens: short + hour },
          prompt_tokens_details: { cached_tokens: read, cache_creation_token_details: parts },
          ...words,
        };
        expect(usageOfLiteLLM(litellm)).toEqual(usageOfAnthropic(anthropic));
        expect(usageOfLiteLLM(anthropic)).toEqual(usageOfAnthropic(anthropic));
      },
    ),
  );
});

test("LiteLLM's sum over a compaction is taken apart", () => {
  const raw = {
    ...{ prompt_tokens: 190, completion_tokens: 37 },
    iterations: [
      { type: 'compaction', input_tokens: 180, output_tokens: 35 },
      { type: 'message', input_tokens: 10, output_tokens: 2 },
    ],
  };
  expect(usageOfLiteLLM(raw)).toMatchObject({ input: 10, output: 2, compactions: [{ input: 180, output: 35 }] });
});

test('of a stream that was cut before the provider said how much it had written, what LiteLLM counted is priced', () => {
  const told = { input_tokens: 100, output_tokens: 1 };
  const cut = { prompt_tokens: 100, completion_tokens: 40, provider_usage: told };
  expect(usageOfLiteLLM(cut)).toMatchObject({ input: 100, output: 40 });
  expect(usageOfLiteLLM({ input_tokens: 100, output_tokens: 40, provider_usage: told })).toMatchObject({ output: 40 });
  // What a compaction wrote is in LiteLLM's sum too.
  const iterations = [{ type: 'compaction', input_tokens: 180, output_tokens: 35 }, { type: 'message' }];
  const compacted = { ...cut, completion_tokens: 36, provider_usage: { ...told, iterations } };
  expect(usageOfLiteLLM(compacted)).toMatchObject({ output: 1, compactions: [{ output: 35 }] });
});
