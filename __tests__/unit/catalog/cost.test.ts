import fc from 'fast-check';
import { catalog } from '../../../catalog/catalog';
import { costOf, NO_USAGE, type Usage, unpricedIn } from '../../../catalog/cost';
import { type Deployment, NOT_OFFERED } from '../../../catalog/model';

const deployments: Deployment[] = catalog.flatMap((model) => [...model.deployments]);
const at = (name: string, provider = 'anthropic') =>
  (catalog as readonly { name: string; deployments: readonly Deployment[] }[])
    .find((model) => model.name === name)
    ?.deployments.find((deployment) => deployment.provider === provider) as Deployment;

const tokens = fc.nat({ max: 300_000 });
const call = { input: tokens, cacheRead: tokens, cacheWrite5m: tokens, cacheWrite1h: tokens, output: tokens };
const usages: fc.Arbitrary<Usage> = fc.record({
  ...call,
  compactions: fc.array(fc.record(call), { maxLength: 2 }),
  webSearches: fc.nat({ max: 50 }),
  speed: fc.constantFrom('standard', 'fast'),
  inferenceGeo: fc.constantFrom('us', 'global', undefined),
  batch: fc.boolean(),
});
const anywhere = fc.constantFrom(...deployments);

// Dollars, worked out by hand from the providers' pages.
test.each<[string, Deployment, Partial<Usage>, number]>([
  ['a million tokens in', at('claude-opus-5-5'), { input: 1e6 }, 4],
  ['a million tokens out', at('claude-sonnet-4-5'), { output: 1e6 }, 15],
  ['a five-minute write', at('claude-sonnet-5-5'), { cacheWrite5m: 1e6 }, 2.5],
  ['a one-hour write', at('claude-sonnet-5-5'), { cacheWrite1h: 1e6 }, 4],
  ['a cache read', at('claude-fable-5-1'), { cacheRead: 1e6 }, 0.25],
  ['a hundred searches', at('claude-haiku-4-5'), { webSearches: 100 }, 1],
  [
    'fast mode, which leaves searches alone',
    at('claude-opus-5-5'),
    { output: 1e6, webSearches: 1, speed: 'fast' },
    40.01,
  ],
  ['US-only inference', at('claude-opus-5-5'), { input: 1e6, cacheWrite1h: 1e6, inferenceGeo: 'us' }, 13.2],
  ['fast mode in the US', at('claude-opus-5-5'), { input: 1e6, speed: 'fast', inferenceGeo: 'us' }, 8.8],
  ['inference anywhere', at('claude-opus-5-5'), { input: 1e6, inferenceGeo: 'global' }, 4],
  ['a batch', at('claude-opus-5-5'), { input: 1e6, batch: true }, 2],
  ['a prompt at the edge of a band', at('claude-haiku-5-5'), { input: 40_000, cacheRead: 60_000 }, 0.0046],
  ['a prompt one token beyond it', at('claude-haiku-5-5'), { input: 40_001, cacheRead: 60_000 }, 0.0230005],
  ['a one-hour write beyond it', at('claude-haiku-5-5'), { cacheWrite1h: 200_000, output: 1000 }, 0.2025],
  ['a one-hour write at Bedrock', at('claude-haiku-5-5', 'bedrock'), { cacheWrite1h: 200_000 }, 0.22],
  [
    'a compaction, whose summary has a band of its own',
    at('claude-haiku-5-5'),
    { input: 1000, compactions: [{ ...NO_USAGE, input: 200_000, output: 4000 }] },
    0.0001 + 0.1 + 0.01,
  ],
])('%s costs what the provider says', (_what, deployment, usage, usd) => {
  expect(costOf(deployment, { ...NO_USAGE, ...usage })).toBeCloseTo(usd, 9);
});

test('nothing used costs nothing, and no request costs less than nothing', () => {
  for (const deployment of deployments) expect(costOf(deployment, NO_USAGE)).toBe(0);
  fc.assert(fc.property(anywhere, usages, (deployment, usage) => costOf(deployment, usage) >= 0));
});

test.each(['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output'] as const)(
  'more %s always costs more',
  (kind) => {
    fc.assert(
      fc.property(anywhere, usages, fc.integer({ min: 1, max: 200_000 }), (deployment, usage, more) => {
        expect(costOf(deployment, { ...usage, [kind]: usage[kind] + more })).toBeGreaterThan(costOf(deployment, usage));
      }),
    );
  },
);

test('an hour in the cache never costs less than five minutes', () => {
  fc.assert(
    fc.property(anywhere, usages, (deployment, usage) => {
      const longer = { ...usage, cacheWrite5m: 0, cacheWrite1h: usage.cacheWrite1h + usage.cacheWrite5m };
      expect(costOf(deployment, longer)).toBeGreaterThanOrEqual(costOf(deployment, usage));
    }),
  );
});

test('what a provider does not offer is named', () => {
  fc.assert(
    fc.property(anywhere, usages, (deployment, usage) => {
      expect(unpricedIn(deployment, usage).includes('fastMode')).toBe(
        usage.speed === 'fast' && deployment.rates.fastMode === NOT_OFFERED,
      );
    }),
  );
  const everything: Usage = { ...NO_USAGE, webSearches: 1, speed: 'fast', inferenceGeo: 'us', batch: true };
  expect(unpricedIn(at('claude-opus-5-5'), everything)).toEqual([]);
  expect(unpricedIn(at('claude-opus-5-5', 'bedrock'), everything)).toEqual(['webSearch', 'fastMode', 'usInference']);
});
