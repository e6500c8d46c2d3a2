import { catalog } from '../../../catalog/catalog';
import { CatalogError, checkCatalog } from '../../../catalog/check';
import {
  type Catalog,
  type Deployment,
  type Lifecycle,
  type Model,
  NOT_OFFERED,
  type PriceBand,
} from '../../../catalog/model';

const model = (name: string, lifecycle: Lifecycle, extra: Partial<Model> = {}): Model => ({
  ...(catalog[0] as Model),
  name,
  lifecycle,
  ...extra,
});

const [first] = (catalog[0] as Model).deployments;
const priced = (change: Partial<Deployment>): Model =>
  model('claude-a', { state: 'active' }, { deployments: [{ ...first, ...change }] });

test('the shipped catalog has no problem', () => {
  expect(() => checkCatalog(catalog)).not.toThrow();
});

test.each<[string, Catalog, string]>([
  [
    'two models of one name',
    [...catalog, model('claude-haiku-4-5', { state: 'active' })],
    'two models are called "claude-haiku-4-5"',
  ],
  [
    'a missing successor',
    [model('claude-a', { state: 'retired', since: '2026-01-01', successor: 'claude-z' })],
    'the successor "claude-z" of "claude-a" is not in the catalog',
  ],
  [
    'successors in a circle',
    [
      model('claude-a', { state: 'retired', since: '2026-01-01', successor: 'claude-b' }),
      model('claude-b', { state: 'retired', since: '2026-01-01', successor: 'claude-a' }),
    ],
    'in a circle: claude-a → claude-b → claude-a',
  ],
  [
    'a missing fallback',
    [model('claude-a', { state: 'active' }, { fallbacks: ['claude-z'] })],
    'the fallback "claude-z" of "claude-a" is not in the catalog',
  ],
  [
    'fallbacks in a circle',
    [
      model('claude-a', { state: 'active' }, { fallbacks: ['claude-b'] }),
      model('claude-b', { state: 'active' }, { fallbacks: ['claude-a'] }),
    ],
    'in a circle: claude-a → claude-b → claude-a',
  ],
  [
    'a model without a price',
    [
      model(
        'claude-a',
        { state: 'active' },
        {
          deployments: [
            {
              ...(catalog[0] as Model).deployments[0],
              prices: { input: 0, output: 1, cacheWrite: 1, cacheWrite1h: 1, cacheRead: 1 },
            },
          ],
        },
      ),
    ],
    'has the price input: 0',
  ],
  [
    'searches that Anthropic bills, called not offered',
    [priced({ rates: { ...first.rates, webSearch: NOT_OFFERED } })],
    'says that webSearch is "not offered", but anthropic bills for it; give its price',
  ],
  [
    'one-hour writes that Anthropic bills, called not offered',
    [priced({ prices: { ...first.prices, cacheWrite1h: NOT_OFFERED } })],
    'says that cacheWrite1h is "not offered", but anthropic bills for it',
  ],
  [
    'a catalog in JavaScript without one-hour writes',
    [priced({ prices: { input: 1, output: 1, cacheWrite: 1, cacheRead: 1 } as Deployment['prices'] })],
    'has no price cacheWrite1h; give it in US dollars, or "not offered"',
  ],
  [
    'a price band without one-hour writes',
    [
      priced({
        priceBands: [
          { abovePromptTokens: 9, input: 1, output: 1, cacheWrite: 1, cacheRead: 1 } as unknown as PriceBand,
        ],
      }),
    ],
    'has no price cacheWrite1h',
  ],
  [
    'a catalog in JavaScript without rates',
    [priced({ rates: undefined as unknown as Deployment['rates'] })],
    'has no price fastMode',
  ],
  ['fast mode for nothing', [priced({ rates: { ...first.rates, fastMode: 0 } })], 'has the price fastMode: 0'],
  [
    'price bands that fall',
    [priced({ priceBands: [200, 100].map((abovePromptTokens) => ({ abovePromptTokens, ...first.prices })) })],
    'has price bands that do not rise',
  ],
  [
    'prices from nowhere',
    [priced({ priceSource: undefined as unknown as Deployment['priceSource'] })],
    'has no priceSource',
  ],
])('%s is a catalog error', (_what, wrong, message) => {
  expect(() => checkCatalog(wrong)).toThrow(CatalogError);
  expect(() => checkCatalog(wrong)).toThrow(message);
});

test('every problem of a catalog is told at once, with the nearest name', () => {
  const wrong = [
    ...catalog,
    model('claude-a', { state: 'active' }, { fallbacks: ['claude-b', 'claude-haku-4-5'] }),
    model('claude-b', { state: 'active' }, { fallbacks: ['claude-a'] }),
    model('claude-b', { state: 'retired', since: '2026-01-01', successor: 'claude-opus-55' }),
  ];
  expect(() => checkCatalog(wrong)).toThrow(
    /^the catalog has 4 problems:\n {2}two models .*\n.*did you mean "claude-haiku-4-5"\?\n.*did you mean "claude-opus-5-5"\?\n.*claude-a → claude-b → claude-a$/,
  );
});
