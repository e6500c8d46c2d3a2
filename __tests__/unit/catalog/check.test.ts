import { catalog } from '../../../catalog/catalog';
import { CatalogError, checkCatalog } from '../../../catalog/check';
import type { Catalog, Lifecycle, Model } from '../../../catalog/model';

const model = (name: string, lifecycle: Lifecycle, extra: Partial<Model> = {}): Model => ({
  ...(catalog[0] as Model),
  name,
  lifecycle,
  ...extra,
});

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
            { ...(catalog[0] as Model).deployments[0], prices: { input: 0, output: 1, cacheWrite: 1, cacheRead: 1 } },
          ],
        },
      ),
    ],
    'has the price input: 0',
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
