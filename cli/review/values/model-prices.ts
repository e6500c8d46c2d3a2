import type { DeployedModel, ModelDeployment, ModelPrices, ModelRates } from '../../../deployment/schema';
import { type Path, pathText } from '../changes';
import type { Comparison } from '../comparison';
import { code, type Finding, findingsOf } from '../finding';
import { byOrder, routeId, routeText } from './model-routes';

const finding = findingsOf('models');

/** Every price of a place, and what people call it. */
const PRICES: Readonly<Record<keyof ModelPrices, string>> = {
  input: 'input',
  output: 'output',
  cacheWrite: 'cache write',
  cacheWrite1h: '1-hour cache write',
  cacheRead: 'cache read',
};

const RATES: Readonly<Record<keyof ModelRates, string>> = {
  webSearch: '1,000 web searches',
  fastMode: 'fast mode (factor)',
  usInference: 'US-only inference (factor)',
  batch: 'batches (factor)',
};

/** `$3 in, $15 out` */
export const pricesText = (prices: ModelPrices | undefined): string =>
  `$${prices?.input ?? 0} in, $${prices?.output ?? 0} out`;

/** Whether everything at a place costs something, so that budgets notice it. */
export const isPriced = ({ prices, priceBands }: ModelDeployment): boolean =>
  [prices, ...priceBands].every((each) => keysOf(PRICES).every((kind) => each[kind] === undefined || each[kind] > 0));

/** What a place of a model costs before and after, for prompts of every length. */
export function comparePrices(name: string, old: DeployedModel, now: DeployedModel, comparison: Comparison): Finding[] {
  const [before, after] = [byOrder(old), byOrder(now)];
  return after.flatMap((route, index) => {
    // A place that is new has no former price; only the first one's change of place is also a change of price.
    const earlier = before.find((other) => routeId(other) === routeId(route)) ?? (index === 0 ? before[0] : undefined);
    if (!earlier) return [];
    const where = index === 0 ? code(name) : `${code(name)} at ${routeText(route)}`;
    const place = ['models', name, 'deployments', routeId(route)];
    return [
      ...repriced(where, saysOfRates(earlier) ? earlier : withHourlyWrites(earlier, route), route, [
        ...comparison.paths(...place, 'prices'),
        ...comparison.paths(...place, 'priceBands'),
      ]),
      ...ratesChanged(where, earlier.rates, route.rates, comparison.paths(...place, 'rates')),
      ...sourceChanged(where, route, comparison.paths(...place, 'priceSource')),
    ];
  });
}

function repriced(where: string, old: ModelDeployment, now: ModelDeployment, paths: readonly Path[]): Finding[] {
  const starts = [0, ...[...old.priceBands, ...now.priceBands].map((band) => band.abovePromptTokens)];
  const findings = [...new Set(starts)]
    .sort((a, b) => a - b)
    .flatMap((tokens): Finding[] => {
      const told = changedPrices(pricesAbove(tokens, old), pricesAbove(tokens, now));
      const prompts = tokens === 0 ? '' : ` for prompts of more than ${tokens.toLocaleString('en-US')} tokens`;
      return told.length === 0
        ? []
        : [
            told.some(({ is }) => is !== undefined && !(is > 0))
              ? free(where, prompts, told, paths)
              : moved(where, prompts, told, paths),
          ];
    });
  return findings.length > 0 || paths.length === 0
    ? findings
    : [
        finding(
          'info',
          'price-bands',
          `the prices of ${where} are written in other bands and stay the same (${paths.map(pathText).join(', ')})`,
          paths,
        ),
      ];
}

/** A description from before every dimension was priced says nothing of most; that is no change of what they cost. */
const saysOfRates = ({ rates }: ModelDeployment) => rates !== undefined;

function withHourlyWrites(old: ModelDeployment, now: ModelDeployment): ModelDeployment {
  const hourly = <T extends ModelPrices>(prices: T, { cacheWrite1h }: ModelPrices): T =>
    cacheWrite1h === undefined ? prices : { ...prices, cacheWrite1h };
  return {
    ...old,
    prices: hourly(old.prices, now.prices),
    priceBands: old.priceBands.map((band) => hourly(band, pricesAbove(band.abovePromptTokens, now))),
  };
}

function ratesChanged(
  where: string,
  old: ModelRates | undefined,
  now: ModelRates | undefined,
  paths: readonly Path[],
): Finding[] {
  if (!old && now) {
    const priced = keysOf(RATES).filter((kind) => now[kind] !== undefined);
    const kinds = ['1-hour cache writes', ...priced.map((kind) => RATES[kind])].join(', ');
    return [finding('info', 'rates', `the prices of ${where} are also given for ${kinds}`, paths)];
  }
  const told = keysOf(RATES)
    .filter((kind) => old?.[kind] !== now?.[kind])
    .map((kind) => `${RATES[kind]} ${rateText(old?.[kind])} → ${rateText(now?.[kind])}`);
  if (told.length === 0 && paths.length === 0) return [];
  const what = told.length > 0 ? `: ${told.join(', ')}` : '';
  const dearer = keysOf(RATES).some((kind) => (now?.[kind] ?? 0) > (old?.[kind] ?? 0));
  return [finding(dearer ? 'medium' : 'low', 'rates', `${where} is billed at other rates${what}`, paths)];
}

const sourceChanged = (where: string, { priceSource }: ModelDeployment, paths: readonly Path[]): Finding[] =>
  paths.length === 0
    ? []
    : [
        finding(
          'info',
          'price-source',
          priceSource
            ? `the prices of ${where} were read at ${priceSource.url} on ${priceSource.read}`
            : `it is no longer said where the prices of ${where} were read`,
          paths,
        ),
      ];

const rateText = (rate: number | undefined) => (rate === undefined ? 'none' : String(rate));

interface ChangedPrice {
  readonly kind: string;
  readonly was: number | undefined;
  readonly is: number | undefined;
}

const free = (where: string, prompts: string, told: readonly ChangedPrice[], paths: readonly Path[]) =>
  finding(
    'high',
    'no-price',
    `${where} loses its price${prompts} (${listed(told)}): what it costs counts towards no budget`,
    paths,
  );

function moved(where: string, prompts: string, told: readonly ChangedPrice[], paths: readonly Path[]): Finding {
  const dearer = told.some(({ was, is }) => was !== undefined && (is ?? 0) > was);
  const doubled = told.some(({ was = 0, is = 0 }) => was > 0 && is >= 2 * was);
  return finding(
    doubled ? 'high' : dearer ? 'medium' : 'low',
    'price',
    `${where} costs ${dearer ? 'more' : 'less'}${prompts}${dearer ? ', so every budget buys less' : ''}: ${listed(told)} per million tokens`,
    paths,
  );
}

/** The prices of a prompt that is a little longer than this many tokens. */
function pricesAbove(tokens: number, { prices, priceBands }: ModelDeployment): ModelPrices {
  const [band] = priceBands
    .filter(({ abovePromptTokens }) => abovePromptTokens <= tokens)
    .sort((a, b) => b.abovePromptTokens - a.abovePromptTokens);
  return band ?? prices;
}

const changedPrices = (before: ModelPrices, after: ModelPrices): ChangedPrice[] =>
  keysOf(PRICES).flatMap((kind) =>
    before[kind] === after[kind] ? [] : [{ kind: PRICES[kind], was: before[kind], is: after[kind] }],
  );

const listed = (told: readonly ChangedPrice[]) =>
  told
    .map(({ kind, was, is }) =>
      is === undefined || was === undefined
        ? `${kind} ${was === undefined ? 'none' : `$${was}`} → ${is === undefined ? 'none' : `$${is}`}`
        : `${kind} $${was} → $${is}${was > 0 ? ` (${percent(was, is)})` : ''}`,
    )
    .join(', ');

const percent = (was: number, is: number) => `${is > was ? '+' : '−'}${Math.round((Math.abs(is - was) / was) * 100)} %`;

const keysOf = <T extends object>(record: T) => Object.keys(record) as (keyof T)[];
