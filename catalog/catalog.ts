import {
  type Abilities,
  type Catalog,
  type Deployment,
  type Limits,
  NOT_OFFERED,
  type PriceBand,
  type PriceSource,
  type Prices,
  type Rates,
} from './model';

// Prices are USD per million tokens. Other sources, read in November 2026:
//   lives           https://platform.claude.com/docs/en/about-claude/model-deprecations
//   limits          https://platform.claude.com/docs/en/about-claude/models/overview

const ANTHROPIC_PRICES: PriceSource = {
  url: 'https://platform.claude.com/docs/en/about-claude/pricing',
  read: '2026-11-26',
};
const BEDROCK_PRICES: PriceSource = { url: 'https://aws.amazon.com/bedrock/pricing/', read: '2026-11-26' };

const CLAUDE: Abilities = { tools: true, vision: true, promptCaching: true, reasoning: true };
const LONG: Limits = { context: 1_000_000, output: 128_000 };
const CLASSIC: Limits = { context: 200_000, output: 64_000 };

const SONNET_4_5: Prices = { input: 3, output: 15, cacheWrite: 3.75, cacheWrite1h: 6, cacheRead: 0.3 };
const HAIKU_4_5: Prices = { input: 1, output: 5, cacheWrite: 1.25, cacheWrite1h: 2, cacheRead: 0.1 };
const SONNET_5_5: Prices = { input: 2, output: 10, cacheWrite: 2.5, cacheWrite1h: 4, cacheRead: 0.1 };
const OPUS_5_5: Prices = { input: 4, output: 20, cacheWrite: 5, cacheWrite1h: 8, cacheRead: 0.2 };
const HAIKU_5_5: Prices = { input: 0.1, output: 0.5, cacheWrite: 0.125, cacheWrite1h: 0.2, cacheRead: 0.01 };
const HAIKU_5_5_LONG: PriceBand = {
  abovePromptTokens: 100_000,
  ...{ input: 0.5, output: 2.5, cacheWrite: 0.625, cacheWrite1h: 1, cacheRead: 0.05 },
};

/** Anthropic sells batches at half the price and searches on every model; fast mode and US-only inference on some. */
const anthropicRates = (offered: Partial<Pick<Rates, 'fastMode' | 'usInference'>> = {}): Rates => ({
  webSearch: 10,
  fastMode: NOT_OFFERED,
  usInference: NOT_OFFERED,
  batch: 0.5,
  ...offered,
});
/** Bedrock has no search tool of its own, and a region in place of `inference_geo`. */
const BEDROCK_RATES: Rates = { webSearch: NOT_OFFERED, fastMode: NOT_OFFERED, usInference: NOT_OFFERED, batch: 0.5 };

/** Bedrock's regional inference profiles (`us.`) cost a tenth more than its `global.` ones and the same model at Anthropic. */
const regional = <T extends Prices>(prices: T): T => ({
  ...prices,
  input: round(prices.input * 1.1),
  output: round(prices.output * 1.1),
  cacheWrite: round(prices.cacheWrite * 1.1),
  cacheWrite1h: prices.cacheWrite1h === NOT_OFFERED ? NOT_OFFERED : round(prices.cacheWrite1h * 1.1),
  cacheRead: round(prices.cacheRead * 1.1),
});
const round = (usd: number) => Math.round(usd * 1e6) / 1e6;

const bedrockSonnet45: Deployment = {
  provider: 'bedrock',
  model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  prices: regional(SONNET_4_5), // 3.30 / 16.50, cache 4.125 / 0.33
  rates: BEDROCK_RATES,
  priceSource: BEDROCK_PRICES,
  limits: CLASSIC,
  abilities: CLAUDE,
};

const bedrockHaiku45: Deployment = {
  provider: 'bedrock',
  model: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
  prices: regional(HAIKU_4_5), // 1.10 / 5.50, cache 1.375 / 0.11
  rates: BEDROCK_RATES,
  priceSource: BEDROCK_PRICES,
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
        rates: anthropicRates(),
        priceSource: ANTHROPIC_PRICES,
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
        rates: anthropicRates(),
        priceSource: ANTHROPIC_PRICES,
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
        prices: { input: 15, output: 75, cacheWrite: 18.75, cacheWrite1h: 30, cacheRead: 1.5 },
        rates: anthropicRates(),
        priceSource: ANTHROPIC_PRICES,
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
        prices: SONNET_5_5,
        rates: anthropicRates({ usInference: 1.1 }),
        priceSource: ANTHROPIC_PRICES,
        limits: LONG,
        abilities: CLAUDE,
        // Sampling parameters other than the defaults are answered with 400, a forced tool choice with an error.
        unsupportedParameters: ['temperature', 'top_p', 'top_k', 'tool_choice'],
      },
      {
        provider: 'bedrock',
        model: 'us.anthropic.claude-sonnet-5-5',
        prices: regional(SONNET_5_5), // 2.20 / 11
        rates: BEDROCK_RATES,
        priceSource: BEDROCK_PRICES,
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
        prices: OPUS_5_5,
        rates: anthropicRates({ fastMode: 2, usInference: 1.1 }),
        priceSource: ANTHROPIC_PRICES,
        limits: LONG,
        abilities: CLAUDE,
        // Thinking is always on, and with it neither sampling parameters nor a forced tool choice are possible.
        unsupportedParameters: ['temperature', 'top_p', 'top_k', 'tool_choice'],
      },
      {
        provider: 'bedrock',
        model: 'us.anthropic.claude-opus-5-5',
        prices: regional(OPUS_5_5), // 4.40 / 22
        rates: BEDROCK_RATES,
        priceSource: BEDROCK_PRICES,
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
        prices: HAIKU_5_5,
        priceBands: [HAIKU_5_5_LONG],
        // Sources differ on US-only inference of this model (1 or 1.1 times), so it is not offered here.
        rates: anthropicRates(),
        priceSource: ANTHROPIC_PRICES,
        limits: LONG,
        abilities: CLAUDE,
        unsupportedParameters: ['temperature', 'top_p', 'top_k', 'tool_choice'],
      },
      {
        provider: 'bedrock',
        model: 'us.anthropic.claude-haiku-5-5',
        prices: regional(HAIKU_5_5), // 0.11 / 0.55
        priceBands: [regional(HAIKU_5_5_LONG)], // 0.55 / 2.75
        rates: BEDROCK_RATES,
        priceSource: BEDROCK_PRICES,
        limits: LONG,
        abilities: CLAUDE,
        unsupportedParameters: ['temperature', 'top_p', 'top_k', 'tool_choice'],
      },
    ],
  },
  {
    name: 'claude-fable-5-1',
    title: 'Claude Fable 5.1',
    use: 'hardest tasks, at 2.5 times the price of opus',
    lifecycle: { state: 'active' },
    byNameOnly: true,
    deployments: [
      {
        provider: 'anthropic',
        model: 'claude-fable-5-1',
        prices: { input: 10, output: 50, cacheWrite: 12.5, cacheWrite1h: 20, cacheRead: 0.25 },
        rates: anthropicRates({ usInference: 1.1 }),
        priceSource: ANTHROPIC_PRICES,
        limits: LONG,
        abilities: CLAUDE,
        unsupportedParameters: ['temperature', 'top_p', 'top_k', 'tool_choice'],
      },
    ],
  },
] as const satisfies Catalog;

/** Names of the catalog: a name that does not exist is a compile error wherever this type is used. */
export type ModelName = (typeof catalog)[number]['name'];
