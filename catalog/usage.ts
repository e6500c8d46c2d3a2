import { z } from 'zod';
import type { TokenUsage, Usage } from './cost';

/** Providers leave a count out, or send null, where there is nothing to count. */
const count = z
  .number()
  .nonnegative()
  .nullish()
  .transform((value) => value ?? 0);

const cacheCreation = z.looseObject({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }).nullish();

const anthropicTokens = z.looseObject({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  cache_creation: cacheCreation,
});

const words = {
  server_tool_use: z.looseObject({ web_search_requests: count }).nullish(),
  speed: z.string().nullish(),
  inference_geo: z.string().nullish(),
  service_tier: z.string().nullish(),
  iterations: z.array(anthropicTokens.extend({ type: z.string().nullish() })).nullish(),
};

const anthropicUsage = anthropicTokens.extend(words);

/** LiteLLM's form: the cache counts are parts of `prompt_tokens`, and all calls of a compaction are summed. */
const litellmUsage = z.looseObject({
  ...words,
  prompt_tokens: count,
  completion_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  prompt_tokens_details: z
    .looseObject({
      cached_tokens: count,
      cache_write_tokens: count,
      cache_creation_tokens: count,
      cache_creation_token_details: cacheCreation,
    })
    .nullish(),
});

/**
 * A usage object of Anthropic's Messages API.
 *
 * @throws z.ZodError where a count is no number, or negative
 */
export function usageOfAnthropic(raw: unknown): Usage {
  const usage = anthropicUsage.parse(raw);
  return { ...anthropicTokenUsage(usage), ...compactionsOf(usage.iterations), ...wordsOf(usage) };
}

/**
 * A usage object of LiteLLM's (`metadata.usage_object` of a row in its spend logs), or one that it left in Anthropic's form.
 *
 * @throws z.ZodError where a count is no number, or negative
 */
export function usageOfLiteLLM(raw: unknown): Usage {
  // Kept by the gateway's LiteLLM since the price sheet counts (`images/litellm/request_costs.py`).
  const kept = raw !== null && typeof raw === 'object' && 'provider_usage' in raw ? raw.provider_usage : undefined;
  if (kept) return withWhatArrived(usageOfAnthropic(kept), raw);
  if (raw !== null && typeof raw === 'object' && 'input_tokens' in raw && !('prompt_tokens' in raw)) {
    return usageOfAnthropic(raw);
  }
  const usage = litellmUsage.parse(raw);
  const details = usage.prompt_tokens_details;
  const cacheRead = usage.cache_read_input_tokens || (details?.cached_tokens ?? 0);
  const writes =
    usage.cache_creation_input_tokens || details?.cache_creation_tokens || (details?.cache_write_tokens ?? 0);
  const written = writesOf(writes, details?.cache_creation_token_details);
  const whole = {
    input: Math.max(0, usage.prompt_tokens - cacheRead - written.cacheWrite5m - written.cacheWrite1h),
    cacheRead,
    ...written,
    output: usage.completion_tokens,
  };
  // LiteLLM adds a compaction's calls up; apart, each is priced in its own band.
  const { compactions } = compactionsOf(usage.iterations);
  const apart = compactions.reduce((rest, call) => minus(rest, call), whole);
  return { ...apart, compactions, ...wordsOf(usage) };
}

/** LiteLLM's own count of an answer, and how a stream that was cut is told: the provider says how much it wrote at the end only. */
const countedOutput = z.looseObject({ completion_tokens: count, output_tokens: count });

function withWhatArrived(told: Usage, raw: unknown): Usage {
  const { completion_tokens, output_tokens } = countedOutput.parse(raw);
  const counted = completion_tokens || output_tokens;
  const whole = told.compactions.reduce((sum, { output }) => sum + output, told.output);
  return { ...told, output: told.output + Math.max(0, counted - whole) };
}

type AnthropicTokens = z.output<typeof anthropicTokens>;

function anthropicTokenUsage(usage: AnthropicTokens): TokenUsage {
  return {
    input: usage.input_tokens,
    cacheRead: usage.cache_read_input_tokens,
    ...writesOf(usage.cache_creation_input_tokens, usage.cache_creation),
    output: usage.output_tokens,
  };
}

/** The sum says how much was written, the parts for how long; what no part says is written for five minutes. */
function writesOf(sum: number, parts: z.output<typeof cacheCreation>) {
  const cacheWrite1h = parts?.ephemeral_1h_input_tokens ?? 0;
  const fiveMinutes = parts?.ephemeral_5m_input_tokens ?? 0;
  return { cacheWrite5m: Math.max(fiveMinutes, sum - cacheWrite1h), cacheWrite1h };
}

/** The top-level counts are the sum of the iterations that are messages (Anthropic's documentation of compaction); the others come on top. */
const compactionsOf = (
  iterations: readonly (AnthropicTokens & { type?: string | null | undefined })[] | null | undefined,
) => ({
  compactions: (iterations ?? [])
    .filter(({ type }) => typeof type === 'string' && type !== 'message')
    .map(anthropicTokenUsage),
});

const minus = (whole: TokenUsage, part: TokenUsage): TokenUsage => ({
  input: Math.max(0, whole.input - part.input),
  cacheRead: Math.max(0, whole.cacheRead - part.cacheRead),
  cacheWrite5m: Math.max(0, whole.cacheWrite5m - part.cacheWrite5m),
  cacheWrite1h: Math.max(0, whole.cacheWrite1h - part.cacheWrite1h),
  output: Math.max(0, whole.output - part.output),
});

const wordsOf = (usage: {
  readonly server_tool_use?: { readonly web_search_requests: number } | null | undefined;
  readonly speed?: string | null | undefined;
  readonly inference_geo?: string | null | undefined;
  readonly service_tier?: string | null | undefined;
}): Pick<Usage, 'webSearches' | 'speed' | 'inferenceGeo' | 'batch'> => ({
  webSearches: usage.server_tool_use?.web_search_requests ?? 0,
  speed: usage.speed === 'fast' ? 'fast' : 'standard',
  inferenceGeo: usage.inference_geo ?? undefined,
  batch: usage.service_tier === 'batch',
});
