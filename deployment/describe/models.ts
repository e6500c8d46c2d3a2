import { type Catalog, NOT_OFFERED, type Offered, type Prices } from '../../catalog/model';
import { familyOf } from '../../images/key-provisioner/src/models/family';
import type { Settings } from '../../settings/schema';
import { type Route, servedModels } from '../../settings/served-models';
import type { DeployedModel, ModelDeployment } from '../schema';
import type { LiteLLMConfiguration, LiteLLMModel } from './files';

/** Fields of `litellm_params` and `model_info` that a {@link ModelDeployment} says in its own words. */
const TOLD: ReadonlySet<string> = new Set([
  ...['model', 'order', 'api_base', 'aws_region_name', 'vertex_location', 'additional_drop_params', 'tiered_pricing'],
  ...['input_cost_per_token', 'output_cost_per_token', 'cache_creation_input_token_cost'],
  ...['cache_creation_input_token_cost_above_1hr'],
  ...['search_context_cost_per_query', 'provider_specific_entry'],
  ...['cache_read_input_token_cost', 'max_input_tokens', 'max_output_tokens', 'supports_function_calling'],
  ...['supports_vision', 'supports_prompt_caching', 'supports_reasoning'],
]);

/** Every served model, with what the catalog knows of it and what LiteLLM is told besides. */
export function describeModels(
  settings: Settings,
  configuration: LiteLLMConfiguration,
  catalog: Catalog,
): Record<string, DeployedModel> {
  const fallbacks = configuration.router.fallbacks;
  return Object.fromEntries(
    servedModels(settings, catalog).map(({ name, title, use, model, limits, routes }) => {
      const family = model.family ?? familyOf(name, routes[0].model);
      return [
        name,
        {
          title,
          use,
          lifecycle: { ...model.lifecycle },
          ...(family ? { family: { name: family.name, version: [...family.version] } } : {}),
          limits,
          fallbacks: fallbacks.find((entry) => entry[name])?.[name] ?? [],
          deployments: routes.map((route) =>
            describeRoute(
              route,
              configuration.models.find(({ model_info: { id } }) => id === `${name}/${route.order}`),
            ),
          ),
        },
      ];
    }),
  );
}

function describeRoute(route: Route, entry: LiteLLMModel | undefined): ModelDeployment {
  const { litellm_params: parameters = {}, model_info: information = {} } = entry ?? {};
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const region = text(parameters['aws_region_name']) ?? text(parameters['vertex_location']);
  const apiBase = text(parameters['api_base']);
  return {
    provider: route.provider,
    model: route.model,
    order: route.order,
    entry: route.entry,
    prices: describePrices(route.prices),
    priceBands: (route.priceBands ?? []).map((band) => ({
      abovePromptTokens: band.abovePromptTokens,
      ...describePrices(band),
    })),
    rates: {
      ...whereOffered('webSearch', route.rates.webSearch),
      ...whereOffered('fastMode', route.rates.fastMode),
      ...whereOffered('usInference', route.rates.usInference),
      ...whereOffered('batch', route.rates.batch),
    },
    priceSource: { ...route.priceSource },
    limits: { ...route.limits },
    abilities: { ...route.abilities },
    unsupportedParameters: [...(route.unsupportedParameters ?? [])],
    ...(region ? { region } : {}),
    ...(apiBase ? { apiBase } : {}),
    parameters: untold(parameters),
    information: untold(information),
  };
}

const describePrices = ({ input, output, cacheWrite, cacheWrite1h, cacheRead }: Prices) => ({
  ...{ input, output, cacheWrite, cacheRead },
  ...whereOffered('cacheWrite1h', cacheWrite1h),
});

const whereOffered = <K extends string>(name: K, price: Offered<number>) =>
  (price === NOT_OFFERED ? {} : { [name]: price }) as { [P in K]?: number };

/** Fields that a {@link ModelDeployment} does not say in its own words. */
export const untold = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !TOLD.has(name)));
