import { z } from 'zod';
import { untold } from '../../../deployment/describe/models';
import type { DeployedModel, Deployment, ModelDeployment, ModelPrices } from '../../../deployment/schema';

const fields = z.record(z.string(), z.unknown());

/** LiteLLM's `config.yaml` as an older version may have written it. */
export const olderProxySchema = z.looseObject({
  model_list: z.array(
    z.looseObject({ model_name: z.string(), litellm_params: fields, model_info: fields.default({}) }),
  ),
  router_settings: fields.default({}),
  litellm_settings: fields.default({}),
  general_settings: fields.default({}),
});
type OlderProxy = z.infer<typeof olderProxySchema>;
type Entry = OlderProxy['model_list'][number];

/** The models of an older `config.yaml`. What only the catalog knows of them (title, lifecycle, family) is that of the newer checkout. */
export function olderModels(proxy: OlderProxy, newer: Deployment): Record<string, DeployedModel> {
  const names = [...new Set(proxy.model_list.map((entry) => entry.model_name))];
  const fallbacks = (proxy.router_settings['fallbacks'] ?? []) as Record<string, string[]>[];
  return Object.fromEntries(
    names.map((name) => {
      const known = newer.models[name];
      const deployments = proxy.model_list
        .filter((entry) => entry.model_name === name)
        .map((entry) => deployment(name, entry, known));
      const least = (kind: 'context' | 'output') => Math.min(...deployments.map(({ limits }) => limits[kind]));
      return [
        name,
        {
          title: known?.title ?? name,
          use: known?.use ?? '',
          lifecycle: known?.lifecycle ?? { state: 'active' },
          ...(known?.family ? { family: known.family } : {}),
          limits: { context: least('context'), output: least('output') },
          fallbacks: fallbacks.find((entry) => entry[name])?.[name] ?? [],
          deployments,
        },
      ];
    }),
  );
}

function deployment(
  name: string,
  { litellm_params: parameters, model_info: information }: Entry,
  known: DeployedModel | undefined,
): ModelDeployment {
  const [prefix = '', ...id] = String(parameters['model']).split('/');
  const provider = prefix === 'ollama_chat' ? 'ollama' : prefix;
  const model = id.join('/');
  const same = known?.deployments.find((other) => other.provider === provider && other.model === model);
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const region = text(parameters['aws_region_name']) ?? text(parameters['vertex_location']);
  const apiBase = text(parameters['api_base']);
  const can = (ability: string) => information[ability] === true;
  return {
    provider,
    model,
    order: Number(parameters['order'] ?? 1),
    entry: same?.entry ?? name,
    prices: pricesOf(parameters),
    priceBands: ((parameters['tiered_pricing'] ?? []) as Record<string, unknown>[])
      .map((tier) => ({ abovePromptTokens: Number((tier['range'] as number[])[0]), ...pricesOf(tier) }))
      .filter(({ abovePromptTokens }) => abovePromptTokens > 0),
    ...(same?.rates ? { rates: same.rates } : {}),
    ...(same?.priceSource ? { priceSource: same.priceSource } : {}),
    limits: { context: Number(information['max_input_tokens']), output: Number(information['max_output_tokens']) },
    abilities: {
      tools: can('supports_function_calling'),
      vision: can('supports_vision'),
      promptCaching: can('supports_prompt_caching'),
      reasoning: can('supports_reasoning'),
    },
    unsupportedParameters: (parameters['additional_drop_params'] ?? []) as string[],
    ...(region ? { region } : {}),
    ...(apiBase ? { apiBase } : {}),
    parameters: untold(parameters),
    information: untold(information),
  };
}

/** LiteLLM's US dollars per token as US dollars per million, without the noise of binary fractions. */
const pricesOf = (of: Readonly<Record<string, unknown>>): ModelPrices => {
  const million = (field: string) => Number((Number(of[field] ?? 0) * 1e6).toPrecision(12));
  const hourly = 'cache_creation_input_token_cost_above_1hr';
  return {
    input: million('input_cost_per_token'),
    output: million('output_cost_per_token'),
    cacheWrite: million('cache_creation_input_token_cost'),
    cacheRead: million('cache_read_input_token_cost'),
    ...(of[hourly] === undefined ? {} : { cacheWrite1h: million(hourly) }),
  };
};
