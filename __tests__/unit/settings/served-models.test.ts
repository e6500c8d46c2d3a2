import { catalog } from '../../../catalog/catalog';
import type { Catalog, Lifecycle, Model } from '../../../catalog/model';
import { parseSettings } from '../../../settings/load';
import { enabledNames, modelsWithoutProvider, policyModels, servedModels } from '../../../settings/served-models';

const both = parseSettings(
  'providers: { anthropic: { credentials: variable }, bedrock: { credentials: variable, region: us-east-1 } }',
);
const anthropicOnly = parseSettings('providers: { anthropic: { credentials: variable } }');

const routesOf = (name: string, settings = both, models: Catalog = catalog) =>
  servedModels(settings, models)
    .find((model) => model.name === name)
    ?.routes.map(({ order, provider, model }) => `${order} ${provider}/${model}`);

const model = (name: string, lifecycle: Lifecycle, extra: Partial<Model> = {}): Model => ({
  ...(catalog[0] as Model),
  name,
  lifecycle,
  ...extra,
});

test('the five names of the product and the models of today are served', () => {
  expect(enabledNames(both)).toEqual([
    'claude-sonnet-4-5',
    'claude-haiku-4-5',
    'claude-opus-4',
    'bedrock-claude-sonnet',
    'bedrock-claude-haiku',
    'claude-sonnet-5-5',
    'claude-opus-5-5',
    'claude-haiku-5-5',
    'claude-fable-5-1',
  ]);
});

test('an active name is served by its own deployment alone', () => {
  expect(routesOf('claude-haiku-4-5')).toEqual(['1 anthropic/claude-haiku-4-5-20251001']);
});

test('a deprecated name is served by its own deployment first and its successor second', () => {
  expect(routesOf('claude-sonnet-4-5')).toEqual([
    '1 anthropic/claude-sonnet-4-5-20250929',
    '2 anthropic/claude-sonnet-5-5',
  ]);
});

test('a retired name is served by its successor', () => {
  expect(routesOf('claude-opus-4')).toEqual(['1 anthropic/claude-opus-5-5']);
});

test('a successor that is deprecated itself hands on to the next', () => {
  const line = [
    model('claude-a', { state: 'retired', since: '2026-01-01', successor: 'claude-b' }),
    model('claude-b', { state: 'deprecated', retires: '2026-12-01', successor: 'claude-sonnet-5-5' }),
    ...catalog,
  ];
  expect(routesOf('claude-a', both, line)).toEqual([
    '1 anthropic/claude-sonnet-4-5-20250929',
    '2 anthropic/claude-sonnet-5-5',
  ]);
});

test('the limits of a name are the smallest of everything that may answer', () => {
  expect(servedModels(both)[0]?.limits).toEqual({ context: 200_000, output: 64_000 });
});

test('a second provider of the same model is asked only where fail-over is on', () => {
  const failover = parseSettings(
    'providers: { anthropic: { credentials: variable }, bedrock: { credentials: variable, region: us-east-1 } }\nmodels: { provider_failover: true }',
  );
  expect(routesOf('claude-haiku-4-5', failover)).toEqual([
    '1 anthropic/claude-haiku-4-5-20251001',
    '2 bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0',
  ]);
});

test('models of a provider that is off are left out and named', () => {
  expect(enabledNames(anthropicOnly)).not.toContain('bedrock-claude-sonnet');
  expect(modelsWithoutProvider(anthropicOnly)).toEqual([
    { name: 'bedrock-claude-sonnet', provider: 'bedrock' },
    { name: 'bedrock-claude-haiku', provider: 'bedrock' },
  ]);
});

test('a policy of all models allows every served name but those that a policy has to name', () => {
  const served = enabledNames(anthropicOnly);
  expect(policyModels('all', anthropicOnly)).toEqual(served.filter((name) => name !== 'claude-fable-5-1'));
  expect(policyModels(['claude-fable-5-1'], anthropicOnly)).toEqual(['claude-fable-5-1']);
});

test('names of Claude models hold "claude", so that agents send cache marks, and none looks like an o-series model', () => {
  for (const { name } of catalog) {
    expect(name).toContain('claude');
    expect(name).not.toMatch(/o[134]/);
  }
});
