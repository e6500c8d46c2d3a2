import { parse } from 'yaml';
import { catalog } from '../../../catalog/catalog';
import type { Model } from '../../../catalog/model';
import { proxyConfig, proxyConfigYaml } from '../../../litellm-config/proxy-config';
import { parseSettings } from '../../../settings/load';

const settings = parseSettings(
  'providers: { anthropic: { credentials: variable }, bedrock: { credentials: variable, region: us-east-1 } }',
);

test('config.yaml of the shipped catalog', () => {
  expect(proxyConfigYaml(settings)).toMatchSnapshot();
});

test('every deployment has all four prices above zero, an output limit and an order', () => {
  for (const { litellm_params: parameters } of proxyConfig(settings).model_list) {
    for (const price of [
      'input_cost_per_token',
      'output_cost_per_token',
      'cache_creation_input_token_cost',
      'cache_read_input_token_cost',
    ]) {
      expect(parameters[price]).toBeGreaterThan(0);
    }
    expect(parameters.max_tokens).toBeGreaterThan(0);
    expect(parameters.order).toBeGreaterThan(0);
  }
});

test("a YAML 1.1 reader, which LiteLLM's is, takes every price for a number", () => {
  const read = parse(proxyConfigYaml(settings), { version: '1.1' }) as ReturnType<typeof proxyConfig>;
  expect(read).toEqual(proxyConfig(settings));
  expect(proxyConfigYaml(settings)).not.toMatch(/: \d+e-/);
});

test('credentials are named and never held', () => {
  for (const { litellm_params: parameters } of proxyConfig(settings).model_list) {
    const references = ['api_key', 'aws_access_key_id', 'aws_secret_access_key'].filter((name) => name in parameters);
    expect(references.length).toBeGreaterThan(0);
    for (const name of references) expect(parameters[name]).toMatch(/^os\.environ\//);
  }
});

test('an instance role leaves credentials to the machine', () => {
  const role = parseSettings(
    'providers: { anthropic: { credentials: variable }, bedrock: { credentials: instance-role, region: us-west-2 } }',
  );
  const bedrock = proxyConfig(role).model_list.find(({ model_name }) => model_name === 'bedrock-claude-haiku');
  expect(bedrock?.litellm_params).not.toHaveProperty('aws_access_key_id');
  expect(bedrock?.litellm_params.aws_region_name).toBe('us-west-2');
});

test("a base URL of one's own reaches every deployment of that provider and no other", () => {
  const proxied = parseSettings(
    'providers: { anthropic: { credentials: variable, api_base: "https://egress.example.com/anthropic" }, bedrock: { credentials: variable, region: us-east-1 } }',
  );
  for (const { litellm_params } of proxyConfig(proxied).model_list) {
    const expected = String(litellm_params.model).startsWith('anthropic/')
      ? 'https://egress.example.com/anthropic'
      : undefined;
    expect(litellm_params.api_base).toBe(expected);
  }
});

test('tools of Bedrock models survive drop_params', () => {
  const bedrock = proxyConfig(settings).model_list.filter(({ litellm_params }) =>
    String(litellm_params.model).startsWith('bedrock/'),
  );
  expect(bedrock.length).toBeGreaterThan(0);
  for (const { litellm_params } of bedrock)
    expect(litellm_params.allowed_openai_params).toEqual(['tools', 'tool_choice']);
});

test('a price that depends on the length of the prompt is written as ranges', () => {
  const haiku = proxyConfig(settings).model_list.find(({ model_name }) => model_name === 'claude-haiku-5-5');
  expect(haiku?.litellm_params.tiered_pricing).toMatchObject([
    { range: [0, 100_000], input_cost_per_token: 1e-7 },
    { range: [100_000, 1_000_000], input_cost_per_token: 5e-7, output_cost_per_token: 2.5e-6 },
  ]);
});

test('upper bounds for keys are the most that any policy allows', () => {
  expect(proxyConfig(settings).litellm_settings.upperbound_key_generate_params).toEqual({
    max_budget: 30,
    budget_duration: '30d',
    duration: '365d',
    rpm_limit: 100,
  });
});

test('prompts are not stored, and spend is logged', () => {
  const { general_settings, litellm_settings } = proxyConfig(settings);
  expect(general_settings).toMatchObject({ store_prompts_in_spend_logs: false, disable_spend_logs: false });
  expect(litellm_settings.turn_off_message_logging).toBe(true);
});

test('a fallback that a policy forbids is refused, one that every policy allows is written', () => {
  const withFallback = (name: string, target: string) =>
    catalog.map((model): Model => (model.name === name ? { ...model, fallbacks: [target] } : model));
  expect(() => proxyConfig(settings, { catalog: withFallback('claude-haiku-4-5', 'claude-opus-5-5') })).toThrow(
    '"claude-haiku-4-5" falls back to "claude-opus-5-5", which policies.ci.models does not allow',
  );
  const { router_settings } = proxyConfig(settings, { catalog: withFallback('claude-opus-5-5', 'claude-sonnet-5-5') });
  expect(router_settings.fallbacks).toEqual([{ 'claude-opus-5-5': ['claude-sonnet-5-5'] }]);
});

test('another provider is the same kind of entry', () => {
  const ollama: Model = {
    ...(catalog[0] as Model),
    name: 'qwen-coder',
    lifecycle: { state: 'active' },
    deployments: [
      {
        ...(catalog[0] as Model).deployments[0],
        provider: 'ollama',
        model: 'qwen3-coder',
        apiBase: 'http://ollama:11434',
      },
    ],
  };
  const local = parseSettings(
    'providers: { anthropic: { credentials: variable }, ollama: { credentials: instance-role } }',
  );
  const entry = proxyConfig(local, { catalog: [...catalog, ollama] }).model_list.find(
    ({ model_name }) => model_name === 'qwen-coder',
  );
  expect(entry?.litellm_params).toMatchObject({ model: 'ollama_chat/qwen3-coder', api_base: 'http://ollama:11434' });
});

test('the same settings give the same bytes', () => {
  expect(proxyConfigYaml(settings)).toBe(proxyConfigYaml(settings));
});
