import type { Abilities, Catalog, Deployment, Limits, Prices } from './model';

// Prices are USD per million tokens. Sources, read in November 2026:
//   Anthropic API   https://platform.claude.com/docs/en/about-claude/pricing
//   lives           https://platform.claude.com/docs/en/about-claude/model-deprecations
//   limits          https://platform.claude.com/docs/en/about-claude/models/overview
//   Bedrock         https://aws.amazon.com/bedrock/pricing/ (regional ids, `us.`, cost 10 % more than `global.` ones)

const CLAUDE: Abilities = { tools: true, vision: true, promptCaching: true, reasoning: true };
const LONG: Limits = { context: 1_000_000, output: 128_000 };
const CLASSIC: Limits = { context: 200_000, output: 64_000 };

const SONNET_4_5: Prices = { input: 3, output: 15, cacheWrite: 3.75, cacheRead: 0.3 };
const HAIKU_4_5: Prices = { input: 1, output: 5, cacheWrite: 1.25, cacheRead: 0.1 };

/** Bedrock's regional inference profiles cost a tenth more than the same model at Anthropic. */
const regional = (prices: Prices): Prices => ({
  input: round(prices.input * 1.1),
  output: round(prices.output * 1.1),
  cacheWrite: round(prices.cacheWrite * 1.1),
  cacheRead: round(prices.cacheRead * 1.1),
});
const round = (usd: number) => Math.round(usd * 1e6) / 1e6;

const bedrockSonnet45: Deployment = {
  provider: 'bedrock',
  model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  prices: regional(SONNET_4_5), // 3.30 / 16.50, cache 4.125 / 0.33
  limits: CLASSIC,
  abilities: CLAUDE,
};

const bedrockHaiku45: Deployment = {
  provider: 'bedrock',
  model: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
  prices: regional(HAIKU_4_5), // 1.10 / 5.50, cache 1.375 / 0.11
  limits: CLASSIC,
  abilities: CLAUDE,
};

/** Every model name this gateway serves. Adding a model is one entry here. */
export const catalog = [
  {
    name: 'claude-sonnet-4-5',
    title: 'Claude Sonnet 4.5',
    use: 'balanced',
    lifecycle: { state: 'deprecated', retires: '2026-11-30', successor: 'claude-sonnet-5-5' },
    deployments: [
      {
        provider: 'anthropic',
        model: 'claude-sonnet-4-5-20250929',
        prices: SONNET_4_5,
        limits: CLASSIC,
        abilities: CLAUDE,
      },
      bedrockSonnet45,
    ],
  },
  {
    name: 'claude-haiku-4-5',
    title: 'Claude Haiku 4.5',
    use: 'fast, cheap',
    lifecycle: { state: 'active', notBefore: '2026-10-15', successor: 'claude-haiku-5-5' },
    deployments: [
      {
        provider: 'anthropic',
        model: 'claude-haiku-4-5-20251001',
        prices: HAIKU_4_5,
        limits: CLASSIC,
        abilities: CLAUDE,
      },
      bedrockHaiku45,
    ],
  },
  {
    name: 'claude-opus-4',
    title: 'Claude Opus 4',
    use: 'advanced reasoning',
    lifecycle: { state: 'retired', since: '2026-06-15', successor: 'claude-opus-5-5' },
    deployments: [
      {
        provider: 'anthropic',
        model: 'claude-opus-4-20250514',
        prices: { input: 15, output: 75, cacheWrite: 18.75, cacheRead: 1.5 },
        limits: { context: 200_000, output: 32_000 },
        abilities: CLAUDE,
      },
    ],
  },
  {
    name: 'bedrock-claude-sonnet',
    title: 'Claude Sonnet 4.5 (Bedrock)',
    use: 'alternative provider',
    lifecycle: { state: 'active' },
    deployments: [bedrockSonnet45],
  },
  {
    name: 'bedrock-claude-haiku',
    title: 'Claude Haiku 4.5 (Bedrock)',
    use: 'alternative provider',
    lifecycle: { state: 'active' },
    deployments: [bedrockHaiku45],
  },
  {
    name: 'claude-sonnet-5-5',
    title: 'Claude Sonnet 5.5',
    use: 'balanced, newest',
    lifecycle: { state: 'active', notBefore: '2027-09-28' },
    deployments: [
      {
        provider: 'anthropic',
        model: 'claude-sonnet-5-5',
        prices: { input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.1 },
        limits: LONG,
        abilities: CLAUDE,
        // Sampling parameters other than the defaults are answered with 400, a forced tool choice with an error.
        unsupportedParameters: ['temperature', 'top_p', 'top_k', 'tool_choice'],
      },
      {
        provider: 'bedrock',
        model: 'us.anthropic.claude-sonnet-5-5',
        prices: regional({ input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.1 }), // 2.20 / 11
        limits: LONG,
        abilities: CLAUDE,
        unsupportedParameters: ['temperature', 'top_p', 'top_k', 'tool_choice'],
      },
    ],
  },
  {
    name: 'claude-opus-5-5',
    title: 'Claude Opus 5.5',
    use: 'advanced reasoning, newest',
    lifecycle: { state: 'active', notBefore: '2027-09-22' },
    deployments: [
      {
        provider: 'anthropic',
        model: 'claude-opus-5-5',
        prices: { input: 4, output: 20, cacheWrite: 5, cacheRead: 0.2 },
        limits: LONG,
        abilities: CLAUDE,
        // Thinking is always on, and with it neither sampling parameters nor a forced tool choice are possible.
        unsupportedParameters: ['temperature', 'top_p', 'top_k', 'tool_choice'],
      },
      {
        provider: 'bedrock',
        model: 'us.anthropic.claude-opus-5-5',
        prices: regional({ input: 4, output: 20, cacheWrite: 5, cacheRead: 0.2 }), // 4.40 / 22
        limits: LONG,
        abilities: CLAUDE,
        unsupportedParameters: ['temperature', 'top_p', 'top_k', 'tool_choice'],
      },
    ],
  },
  {
    name: 'claude-haiku-5-5',
    title: 'Claude Haiku 5.5',
    use: 'fast, cheapest, newest',
    lifecycle: { state: 'active' },
    deployments: [
      {
        provider: 'anthropic',
        model: 'claude-haiku-5-5',
        prices: { input: 0.1, output: 0.5, cacheWrite: 0.125, cacheRead: 0.01 },
        priceBands: [{ abovePromptTokens: 100_000, input: 0.5, output: 2.5, cacheWrite: 0.625, cacheRead: 0.05 }],
        limits: LONG,
        abilities: CLAUDE,
        unsupportedParameters: ['temperature', 'top_p', 'top_k', 'tool_choice'],
      },
    ],
  },
] as const satisfies Catalog;

/** Names of the catalog: a name that does not exist is a compile error wherever this type is used. */
export type ModelName = (typeof catalog)[number]['name'];
