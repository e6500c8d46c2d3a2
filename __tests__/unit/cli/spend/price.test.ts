import { catalog } from '../../../../catalog/catalog';
import type { Catalog } from '../../../../catalog/model';
import { Pricer } from '../../../../cli/spend/audit/price';
import type { LedgerRow } from '../../../../cli/spend/ledger/rows';
import { parseSettings } from '../../../../settings/load';
import { servedModels } from '../../../../settings/served-models';
import { row } from './rows';

const settings = parseSettings(`
providers:
  anthropic: { credentials: variable }
  bedrock: { credentials: variable, region: us-west-2 }
models: { provider_failover: true }
`);
const pricer = new Pricer(servedModels(settings), catalog as Catalog);
const expected = (changes: Partial<LedgerRow> = {}) => {
  const price = pricer.price(row(changes));
  return 'reason' in price ? price.reason : price.expected;
};

test('a request costs what the catalog says of the model that answered', () => {
  expect(expected()).toBeCloseTo(0.02, 10);
});

test("an hour's cache write is priced as such", () => {
  const prompt_tokens_details = {
    cache_creation_tokens: 10_000,
    cache_creation_token_details: { ephemeral_1h_input_tokens: 10_000, ephemeral_5m_input_tokens: 0 },
  };
  expect(expected({ usage: { prompt_tokens: 10_000, completion_tokens: 0, prompt_tokens_details } })).toBeCloseTo(
    0.04,
    10,
  );
});

test('a request that failed over to Bedrock costs what Bedrock asks for in that region', () => {
  const bedrock = {
    provider: 'bedrock',
    model: 'bedrock/us.anthropic.claude-sonnet-5-5',
    deployment: 'claude-sonnet-5-5/2',
  };
  expect(expected(bedrock)).toBeCloseTo(0.022, 10);
});

test('a name whose successor answered costs what the successor costs', () => {
  const successor = { name: 'claude-sonnet-4-5', deployment: 'claude-sonnet-4-5/2' };
  expect(expected(successor)).toBeCloseTo(0.02, 10);
});

test("where a row has only LiteLLM's name of the deployment, that decides", () => {
  expect(expected({ model: 'claude-sonnet-5-5', deployment: 'claude-sonnet-5-5/2', provider: 'bedrock' })).toBeCloseTo(
    0.022,
    10,
  );
});

test('web searches are priced, and known apart', () => {
  const price = pricer.price(
    row({ usage: { prompt_tokens: 0, completion_tokens: 0, server_tool_use: { web_search_requests: 3 } } }),
  );
  expect(price).toMatchObject({ expected: 0.03, searches: 0.03 });
});

test.each([
  ['no usage object', null],
  ['an empty one', {}],
  ['one without a count of the prompt', { completion_tokens: 5 }],
])('a request with %s is not taken for a free one', (_, usage) => {
  expect(expected({ usage })).toBe('no usage was recorded');
});

test('a usage that holds no numbers is named', () => {
  expect(expected({ usage: { prompt_tokens: 'many' } })).toBe('the usage cannot be read');
});

test('a model that is not in the catalog is named', () => {
  expect(expected({ provider: 'openai', model: 'openai/gpt-7', deployment: 'gpt-7/1' })).toBe(
    'the model is not in the catalog',
  );
});

test('what the catalog has no price for is named by what it is', () => {
  const usage = { prompt_tokens: 10, completion_tokens: 0, speed: 'fast' };
  const haiku = { model: 'anthropic/claude-haiku-4-5-20251001', deployment: 'claude-haiku-4-5/1' };
  expect(expected({ ...haiku, usage })).toBe('the catalog has no price for fastMode');
});

test.each([null, {}, { prompt_tokens: 0, completion_tokens: 0 }])(
  'a request that failed with the usage %j costs nothing, and is counted as such',
  (usage) => {
    expect(pricer.price(row({ status: 'failure', spend: 0, usage }))).toEqual({ expected: 0, failed: true });
  },
);

test('a request that was refused before any provider was asked costs nothing', () => {
  expect(expected({ status: 'failure', spend: 0, usage: null, model: 'unknown-model', deployment: '' })).toBe(0);
  expect(
    expected({ status: 'failure', spend: 0, usage: { prompt_tokens: 0, completion_tokens: 0 }, deployment: '' }),
  ).toBe(0);
});

test('a request that failed after the provider had billed it costs what it used', () => {
  expect(expected({ status: 'failure', spend: 0 })).toBeCloseTo(0.02, 10);
});

test("an answer from LiteLLM's cache costs nothing", () => {
  expect(expected({ cached: true })).toBe(0);
});
