import { stringify } from 'yaml';
import { catalog as shippedCatalog } from '../catalog/catalog';
import { CatalogError } from '../catalog/check';
import { type Catalog, NOT_OFFERED, type Prices, type Provider, type Rates } from '../catalog/model';
import { durationSeconds } from '../images/key-provisioner/src/keys/duration';
import { PROVIDER_CREDENTIALS } from '../settings/credentials';
import { SCOPES, type Settings } from '../settings/schema';
import { policyModels, type Route, type ServedModel, servedModels } from '../settings/served-models';
import { sharedCounters } from './shared-counters';

/** What a test or the demo changes in an otherwise identical configuration. */
export interface ProxyConfigOptions {
  /** @default - the shipped catalog */
  readonly catalog?: Catalog;
  /** Providers whose models LiteLLM answers itself (`mock_response`), at their real prices. @default - none */
  readonly mock?: readonly Provider[];
  /** Base URLs that stand in for a provider's own. @default - none */
  readonly apiBase?: Partial<Record<Provider, string>>;
}

/** One entry of LiteLLM's `model_list`. */
export interface ProxyModel {
  model_name: string;
  litellm_params: Record<string, unknown>;
  model_info: Record<string, unknown>;
}

/** LiteLLM's `config.yaml` as an object. */
export interface ProxyConfig {
  model_list: ProxyModel[];
  router_settings: Record<string, unknown>;
  litellm_settings: Record<string, unknown>;
  general_settings: Record<string, unknown>;
}

/** Most that a client which names no limit is given; LiteLLM would cut unknown models at 4096 (measured). */
const DEFAULT_MAX_TOKENS = 32_000;

const PREFIX: Record<Provider, string> = {
  anthropic: 'anthropic',
  bedrock: 'bedrock',
  openai: 'openai',
  azure: 'azure',
  vertex_ai: 'vertex_ai',
  ollama: 'ollama_chat',
  hosted_vllm: 'hosted_vllm',
};

/**
 * LiteLLM's configuration for the models and policies of a deployment. Secrets are named (`os.environ/…`), never held.
 *
 * @throws CatalogError where the catalog contradicts itself
 */
export function proxyConfig(settings: Settings, options: ProxyConfigOptions = {}): ProxyConfig {
  const catalog = options.catalog ?? shippedCatalog;
  const served = servedModels(settings, catalog);
  const fallbacks = fallbacksOf(served, settings, catalog);
  return {
    model_list: served.flatMap((model) => model.routes.map((route) => entry(model, route, settings, options))),
    router_settings: {
      // Between deployments of one name `order` decides; this strategy only matters where two have the same rank.
      routing_strategy: 'simple-shuffle',
      // Agents try again themselves, some ten times, and show it; one more attempt here covers a connection that broke.
      num_retries: 1,
      timeout: settings.litellm.request_timeout_s,
      // A rate limit is the agent's to wait for, with the provider's own `Retry-After`; LiteLLM would wait in silence, a minute at a
      // time. What took too long once would take three times as long.
      retry_policy: { RateLimitErrorRetries: 0, TimeoutErrorRetries: 0 },
      ...(fallbacks.length > 0 ? { fallbacks } : {}),
    },
    litellm_settings: {
      // In front of LiteLLM: takes out of a request what would steer it (`request-rules.ts`).
      callbacks: ['request_filter.guard'],
      // A name that a client claims (`user`, `metadata.user_id`) is no account that money is booked on.
      disable_end_user_cost_tracking: true,
      drop_params: true,
      modify_params: true,
      turn_off_message_logging: true,
      request_timeout: settings.litellm.request_timeout_s,
      upperbound_key_generate_params: upperBounds(settings),
    },
    general_settings: {
      master_key: 'os.environ/LITELLM_MASTER_KEY',
      database_url: 'os.environ/DATABASE_URL',
      database_connection_pool_limit: 20,
      proxy_batch_write_at: 10,
      store_prompts_in_spend_logs: false,
      disable_spend_logs: false,
      maximum_spend_logs_retention_period: settings.litellm.spend_logs_retention,
      // The first run is one interval after the start: with LiteLLM's own `1d`, never in a LiteLLM that restarts every day. A run
      // deletes at most half a million rows, a thousand at a time.
      maximum_spend_logs_retention_interval: '1h',
      store_model_in_db: false,
      allow_requests_on_db_unavailable: false,
      ...(settings.litellm.replicas > 1 ? sharedCounters() : {}),
    },
  };
}

/** The text of `config.yaml`: the same bytes for the same settings. */
export function proxyConfigYaml(settings: Settings, options: ProxyConfigOptions = {}): string {
  return proxyConfigText(proxyConfig(settings, options));
}

/** A configuration as LiteLLM reads it. */
export function proxyConfigText(config: ProxyConfig): string {
  const text = stringify(config, { lineWidth: 0, aliasDuplicateObjects: false });
  // LiteLLM's YAML 1.1 reader takes 3e-7 for text; it wants 3.0e-7.
  const readable = text.replace(/(?<=: )(\d+)(e-\d+)$/gm, '$1.0$2');
  return `# Generated from gateway.yaml and catalog/catalog.ts; a change here is lost at the next synth.\n${readable}`;
}

function entry(model: ServedModel, route: Route, settings: Settings, options: ProxyConfigOptions): ProxyModel {
  const { provider, prices, priceBands = [], rates, limits, abilities, unsupportedParameters = [] } = route;
  const { credentials, region, api_base } = settings.providers[provider];
  const apiBase = options.apiBase?.[provider] ?? api_base ?? route.apiBase;
  return {
    model_name: model.name,
    litellm_params: {
      model: `${PREFIX[provider]}/${route.model}`,
      order: route.order,
      ...(credentials === 'variable' ? credentialReferences(provider) : {}),
      ...(provider === 'bedrock' && region ? { aws_region_name: region } : {}),
      ...(provider === 'vertex_ai' && region ? { vertex_location: region } : {}),
      ...(apiBase ? { api_base: apiBase } : {}),
      max_tokens: Math.min(DEFAULT_MAX_TOKENS, limits.output),
      ...costs(prices),
      ...(priceBands.length > 0 ? { tiered_pricing: tiers(route) } : {}),
      ...(unsupportedParameters.length > 0 ? { additional_drop_params: [...unsupportedParameters] } : {}),
      // LiteLLM's drop_params takes tools away from Bedrock models it does not know.
      ...(provider === 'bedrock' && abilities.tools ? { allowed_openai_params: ['tools', 'tool_choice'] } : {}),
      ...(options.mock?.includes(provider)
        ? { mock_response: `This is ${model.name}, answered by the gateway itself.` }
        : {}),
    },
    model_info: {
      id: `${model.name}/${route.order}`,
      mode: 'chat',
      max_input_tokens: limits.context,
      max_output_tokens: limits.output,
      supports_function_calling: abilities.tools,
      supports_vision: abilities.vision,
      supports_prompt_caching: abilities.promptCaching,
      supports_reasoning: abilities.reasoning,
      ...billedBesideTokens(rates),
      // LiteLLM closes a deployment for everybody after one 401, 404, 408 or a few 5xx, which a single request can ask for (a
      // file that is not there). Where nobody else serves the name, that is an outage and helps nobody.
      ...(route === model.routes.at(-1) ? { cooldown_time: 0 } : {}),
    },
  };
}

function credentialReferences(provider: Provider): Record<string, string> {
  const named = PROVIDER_CREDENTIALS[provider].filter((credential) => credential.parameter !== '');
  return Object.fromEntries(named.map(({ parameter, environment }) => [parameter, `os.environ/${environment}`]));
}

/** USD per million to LiteLLM's USD per token, without the noise of binary fractions. */
const perToken = (usdPerMillion: number) => Number((usdPerMillion / 1e6).toPrecision(12));

const costs = (prices: Prices) => ({
  input_cost_per_token: perToken(prices.input),
  output_cost_per_token: perToken(prices.output),
  cache_creation_input_token_cost: perToken(prices.cacheWrite),
  ...(prices.cacheWrite1h === NOT_OFFERED
    ? {}
    : { cache_creation_input_token_cost_above_1hr: perToken(prices.cacheWrite1h) }),
  cache_read_input_token_cost: perToken(prices.cacheRead),
});

/**
 * LiteLLM's words for searches and dearer ways to compute. It reads them only of models in its own map (measured on 1.108.7);
 * `request_costs.py` does of all.
 */
function billedBesideTokens({ webSearch, fastMode, usInference }: Rates) {
  const perSearch = webSearch === NOT_OFFERED ? undefined : Number((webSearch / 1000).toPrecision(12));
  const factors = {
    ...(fastMode === NOT_OFFERED ? {} : { fast: fastMode }),
    ...(usInference === NOT_OFFERED ? {} : { us: usInference }),
  };
  return {
    ...(perSearch === undefined
      ? {}
      : {
          search_context_cost_per_query: {
            search_context_size_low: perSearch,
            search_context_size_medium: perSearch,
            search_context_size_high: perSearch,
          },
        }),
    ...(Object.keys(factors).length > 0 ? { provider_specific_entry: factors } : {}),
  };
}

/**
 * A price for each range of prompt lengths. LiteLLM 1.108.7 knows `…_above_100k_tokens` and a few other fixed thresholds and
 * ignores the rest in silence (measured with 90k: a prompt of 150K tokens was charged a fifth); `tiered_pricing` takes any.
 */
function tiers({ prices, priceBands = [], limits }: Route) {
  const starts = [{ abovePromptTokens: 0, ...prices }, ...priceBands].sort(
    (a, b) => a.abovePromptTokens - b.abovePromptTokens,
  );
  return starts.map((band, index) => ({
    range: [band.abovePromptTokens, starts[index + 1]?.abovePromptTokens ?? limits.context],
    ...costs(band),
  }));
}

/**
 * What LiteLLM itself refuses to exceed, whoever asks: the most any policy allows. A limit that some policy leaves open has
 * no bound, since LiteLLM fills what is absent with the bound (measured).
 */
function upperBounds(settings: Settings): Record<string, unknown> {
  const { person: _person, contact: _contact, ...scopes } = settings.policies;
  const policies = Object.values(scopes);
  const longest = (durations: string[]) =>
    durations.reduce((a, b) => (durationSeconds(b) > durationSeconds(a) ? b : a));
  const everyOne = (field: 'tpm_limit' | 'max_parallel_requests') => {
    const values = policies.map((policy) => policy[field]);
    return values.every((value) => value !== undefined) ? { [field]: Math.max(...(values as number[])) } : {};
  };
  return {
    max_budget: Math.max(...policies.map((policy) => policy.max_budget)),
    budget_duration: longest(policies.map((policy) => policy.budget_duration)),
    duration: longest(policies.map((policy) => policy.duration)),
    rpm_limit: Math.max(...policies.map((policy) => policy.rpm_limit)),
    ...everyOne('tpm_limit'),
    ...everyOne('max_parallel_requests'),
  };
}

function fallbacksOf(served: readonly ServedModel[], settings: Settings, catalog: Catalog): Record<string, string[]>[] {
  const names = served.map((model) => model.name);
  const fallbacks = served.flatMap(({ name, model }) => {
    const targets = (model.fallbacks ?? []).filter((target) => names.includes(target));
    return targets.length > 0 ? [{ name, targets }] : [];
  });
  const forbidden = fallbacks.flatMap(({ name, targets }) =>
    targets.flatMap((target) =>
      SCOPES.flatMap((scope) => {
        const allowed = policyModels(settings.policies[scope].models, settings, catalog);
        return allowed.includes(name) && !allowed.includes(target)
          ? [
              `"${name}" falls back to "${target}", which policies.${scope}.models does not allow; LiteLLM would hand it out all the same: allow both, or use a second deployment of one name`,
            ]
          : [];
      }),
    ),
  );
  if (forbidden.length > 0) throw new CatalogError(forbidden);
  return fallbacks.map(({ name, targets }) => ({ [name]: targets }));
}
