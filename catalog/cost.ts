import { type Deployment, NOT_OFFERED, type Offered, type Prices } from './model';

/** Tokens that one call of a model takes and gives. */
export interface TokenUsage {
  /** Fresh input: neither read from the cache nor written to it. */
  readonly input: number;
  readonly cacheRead: number;
  /** Cache writes that live for five minutes. */
  readonly cacheWrite5m: number;
  /** Cache writes that live for an hour. */
  readonly cacheWrite1h: number;
  /** Thinking included. */
  readonly output: number;
}

/** What a provider reports of one request, in no provider's words. */
export interface Usage extends TokenUsage {
  /**
   * Calls of the model that the tokens above do not contain: the summaries of a server-side compaction. Each has its own prompt,
   * so its own price band.
   */
  readonly compactions: readonly TokenUsage[];
  /** Searches by the provider's own tool. */
  readonly webSearches: number;
  readonly speed: 'standard' | 'fast';
  /** Where the provider says it has computed; `us` costs more, every other word does not. */
  readonly inferenceGeo?: string | undefined;
  /** Whether the request was part of a batch. */
  readonly batch: boolean;
}

/** Prices of a deployment: everything {@link costOf} needs of it. */
export type PriceSheet = Pick<Deployment, 'prices' | 'priceBands' | 'rates'>;

/** Nothing used. */
export const NO_USAGE: Usage = {
  ...{ input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 },
  ...{ compactions: [], webSearches: 0, speed: 'standard', batch: false },
};

/**
 * What a provider bills for a request, in US dollars. What the sheet says is not offered adds nothing and multiplies by one;
 * {@link unpricedIn} names it.
 */
export function costOf(sheet: PriceSheet, usage: Usage): number {
  const { webSearch, fastMode, usInference, batch } = sheet.rates;
  const tokens = [usage, ...usage.compactions].reduce((sum, each) => sum + tokenCost(sheet, each), 0);
  const factor =
    (usage.speed === 'fast' ? offered(fastMode, 1) : 1) *
    (usage.inferenceGeo === 'us' ? offered(usInference, 1) : 1) *
    (usage.batch ? offered(batch, 1) : 1);
  return tokens * factor + (usage.webSearches * offered(webSearch, 0)) / 1000;
}

/** Names of what was used and has no price in the sheet; empty where {@link costOf} covers everything. */
export function unpricedIn({ prices, rates }: PriceSheet, usage: Usage): string[] {
  const writes1h = [usage, ...usage.compactions].some(({ cacheWrite1h }) => cacheWrite1h > 0);
  return [
    ...(writes1h && prices.cacheWrite1h === NOT_OFFERED ? ['cacheWrite1h'] : []),
    ...(usage.webSearches > 0 && rates.webSearch === NOT_OFFERED ? ['webSearch'] : []),
    ...(usage.speed === 'fast' && rates.fastMode === NOT_OFFERED ? ['fastMode'] : []),
    ...(usage.inferenceGeo === 'us' && rates.usInference === NOT_OFFERED ? ['usInference'] : []),
    ...(usage.batch && rates.batch === NOT_OFFERED ? ['batch'] : []),
  ];
}

/** The prices that hold for a prompt of this many tokens, cache reads and writes included. */
export function pricesAt(
  { prices, priceBands = [] }: Pick<PriceSheet, 'prices' | 'priceBands'>,
  promptTokens: number,
): Prices {
  const above = priceBands.filter(({ abovePromptTokens }) => promptTokens > abovePromptTokens);
  return above.reduce<Prices & { abovePromptTokens: number }>(
    (highest, band) => (band.abovePromptTokens > highest.abovePromptTokens ? band : highest),
    { ...prices, abovePromptTokens: 0 },
  );
}

function tokenCost(sheet: PriceSheet, { input, cacheRead, cacheWrite5m, cacheWrite1h, output }: TokenUsage): number {
  const prices = pricesAt(sheet, input + cacheRead + cacheWrite5m + cacheWrite1h);
  const perMillion =
    input * prices.input +
    cacheRead * prices.cacheRead +
    cacheWrite5m * prices.cacheWrite +
    cacheWrite1h * offered(prices.cacheWrite1h, prices.cacheWrite) +
    output * prices.output;
  return perMillion / 1e6;
}

const offered = (rate: Offered<number>, otherwise: number): number => (rate === NOT_OFFERED ? otherwise : rate);
