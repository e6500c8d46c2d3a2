import { inventoryDifferences } from '../../../../scripts/litellm/differences';
import type { Inventory } from '../../../../scripts/litellm/inventory';

const before: Inventory = {
  routes: ['GET /health', 'POST /v1/messages'],
  key_routes: ['/v1/messages'],
  settings: ['router_settings.timeout'],
  filter: { 'litellm.a.Config.transform': 'aaaa', 'litellm.b.handler': 'there' },
  prices: { one: { input_cost_per_token: 1e-6 }, two: null },
  names: ['model'],
  migrations: ['1_init'],
};
const differences = (change: Partial<Inventory>) => inventoryDifferences(before, { ...before, ...change });

test('nothing is said where nothing differs', () => {
  expect(differences({})).toEqual([]);
});

test('what the request filter needs and is gone comes first, then what it replaces and has another source', () => {
  expect(
    differences({
      filter: { 'litellm.a.Config.transform': 'bbbb', 'litellm.b.handler': null },
      names: ['model', 'danger'],
    }),
  ).toEqual([
    'gone, and images/litellm needs it: litellm.b.handler',
    'another source, and images/litellm replaces it: litellm.a.Config.transform; read it',
    'new: 1 names read from a request: danger',
  ]);
});

test('new and lost routes, names, settings and migrations are named', () => {
  expect(
    differences({
      routes: ['POST /v1/messages', 'POST /v2/new'],
      key_routes: ['/v1/messages', '/v2/new'],
      settings: [],
      migrations: ['1_init', '2_more'],
    }),
  ).toEqual([
    'new: 1 routes that ordinary keys may call: /v2/new',
    'new: 1 routes: POST /v2/new',
    'gone: 1 routes: GET /health',
    'gone: 1 keys of its configuration: router_settings.timeout',
    'new: 1 migrations: 2_more',
  ]);
});

test('a price of a model of the catalog is told with both values, and a model that it prices now by name', () => {
  expect(
    differences({ prices: { one: { input_cost_per_token: 2e-6, output_cost_per_token: 1 }, two: { mode: 'chat' } } }),
  ).toEqual([
    'price map, one: input_cost_per_token 0.000001 → 0.000002',
    'price map, one: output_cost_per_token (none) → 1',
    'its price map has two now; compare it with catalog/catalog.ts',
  ]);
});

test('a long list is cut, with how many are left out', () => {
  const names = Array.from({ length: 50 }, (_, index) => `name-${index}`);
  expect(differences({ names: ['model', ...names] })[0]).toMatch(/^new: 50 names .*name-39, and 10 more$/);
});
