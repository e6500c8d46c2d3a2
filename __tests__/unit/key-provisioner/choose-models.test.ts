import { gatewayConfigurationSchema, type ServedModel } from '../../../images/key-provisioner/src/configuration';
import { chooseSmallModel, newestOf } from '../../../images/key-provisioner/src/models/choose';
import { familyOf } from '../../../images/key-provisioner/src/models/family';
import { configuration } from './configuration';

const served = (name: string): ServedModel => configuration.models.find((model) => model.name === name)!;
/** A model like haiku 4.5, except for this. */
const like = (name: string, changes: Partial<ServedModel> = {}): ServedModel => {
  const { family: _family, ...rest } = served('claude-haiku-4-5');
  return { ...rest, name, ...changes };
};
const priced = (input: number, output: number) => ({ input, output, cache_write: input, cache_read: input });
const small = (configured: string, allowed: readonly ServedModel[], chosen: ServedModel) =>
  chooseSmallModel(configured, allowed, chosen).name;
const policy = ['claude-sonnet-5-5', 'claude-opus-5-5', 'claude-haiku-5-5'].map(served);

test.each(policy.map(({ name }) => name))(
  'a key that may not use the configured small model gets the cheapest it may, whether it chose %s or another',
  (chosen) => {
    expect(small('claude-haiku-4-5', policy, served(chosen))).toBe('claude-haiku-5-5');
  },
);

test('the configured small model is used where the key may use it, also where another is cheaper', () => {
  expect(small('claude-haiku-4-5', configuration.models, served('claude-opus-5-5'))).toBe('claude-haiku-4-5');
});

test('of several price bands the one counts that a commit message falls into', () => {
  const early = like('early', {
    prices: priced(0.01, 0.01),
    price_bands: [{ above_prompt_tokens: 1_000, ...priced(9, 45) }],
  });
  const late = like('late', {
    prices: priced(0.5, 2.5),
    price_bands: [{ above_prompt_tokens: 100_000, ...priced(9, 45) }],
  });
  expect(small('absent', [early, late], early)).toBe('late');
});

test('a model whose context holds no diff, or that has no tools where the chosen one has them, does not fit', () => {
  const tiny = like('tiny', { context: 4_000, prices: priced(0.01, 0.01) });
  const toolless = like('toolless', { tools: false, prices: priced(0.02, 0.02) });
  expect(small('absent', [tiny, toolless, ...policy], served('claude-opus-5-5'))).toBe('claude-haiku-5-5');
  expect(small('absent', [tiny], tiny)).toBe('tiny');
});

test('of two equally cheap models the one that is not deprecated is taken, whatever their order', () => {
  const deprecated = like('deprecated', { lifecycle: 'deprecated' });
  const active = like('active', { lifecycle: 'active' });
  expect(small('absent', [deprecated, active], deprecated)).toBe('active');
  expect(small('absent', [active, deprecated], deprecated)).toBe('active');
});

test('the newest of a family is told by numbers, not by letters or by the order of the catalog', () => {
  const names = ['claude-sonnet-5-10', 'claude-sonnet-4-5', 'claude-sonnet-5-5', 'claude-sonnet-5'];
  for (const order of [names, names.toReversed()])
    expect(
      newestOf(
        'sonnet',
        order.map((name) => like(name)),
      )?.name,
    ).toBe('claude-sonnet-5-10');
});

test('a retired name is the newest of its family only where nothing else is left', () => {
  const [retired, deprecated, active] = [
    like('claude-opus-7', { lifecycle: 'retired' }),
    like('claude-opus-6', { lifecycle: 'deprecated' }),
    like('claude-opus-5', { lifecycle: 'active' }),
  ] as const;
  expect(newestOf('opus', [retired, deprecated, active])?.name).toBe('claude-opus-5');
  expect(newestOf('opus', [retired, deprecated])?.name).toBe('claude-opus-6');
  expect(newestOf('opus', [retired])?.name).toBe('claude-opus-7');
});

test('a name without a version stands for the version that its provider serves', () => {
  const { models } = configuration;
  expect(
    newestOf('sonnet', [like('bedrock-claude-sonnet', { family: { name: 'sonnet', version: [4, 5] } }), ...models])
      ?.name,
  ).toBe('claude-sonnet-5-5');
});

test.each([
  ['claude-sonnet-4-5-20250929', 'sonnet', [4, 5]],
  ['claude-opus-4-20250514', 'opus', [4]],
  ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'haiku', [4, 5]],
  ['claude-3-5-haiku-20241022', 'haiku', [3, 5]],
  ['claude-sonnet-4-5@20250929', 'sonnet', [4, 5]],
  ['claude-sonnet', 'sonnet', []],
])('%s is %s in version %j', (id, name, version) => {
  expect(familyOf('any', id)).toEqual({ name, version });
});

test.each(['claude-fable-5-1', 'magnopus-2', 'sonnetto-claude', 'qwen3-coder'])(
  '%s belongs to none of the families',
  (id) => {
    expect(familyOf(id)).toBeUndefined();
  },
);

test('a gateway.json from before states and families were in it is still read, and its names tell the families', () => {
  const older = configuration.models.map(({ lifecycle: _, family: __, price_bands: ___, ...model }) => model);
  const { models } = gatewayConfigurationSchema.parse({ ...configuration, models: older });
  expect(newestOf('sonnet', models)?.name).toBe('claude-sonnet-5-5');
  expect(chooseSmallModel('absent', models, models[0]!).name).toBe('claude-haiku-5-5');
});
