import { catalog as shippedCatalog } from '../catalog/catalog';
import type { Catalog, Prices, Provider } from '../catalog/model';
import type { ServedModel as Configured, GatewayConfiguration } from '../images/key-provisioner/src/configuration';
import { familyOf } from '../images/key-provisioner/src/models/family';
import { kubernetesNames } from '../settings/kubernetes';
import { PORTS } from '../settings/ports';
import type { Policy, Settings } from '../settings/schema';
import { policyModels, type ServedModel, servedModels } from '../settings/served-models';

/** Addresses under which a workspace's door offers the platform on Docker. */
export const WORKSPACE_GATEWAY_URL = `http://litellm:${PORTS.edge}`;
export const WORKSPACE_PROVISIONER_URL = `http://key-provisioner:${PORTS.keyProvisioner}`;

/** The same for the target of the settings: on Kubernetes the door is one Service that all workspaces share. */
export function workspaceUrls(settings: Pick<Settings, 'name' | 'target' | 'kubernetes'>) {
  if (settings.target === 'docker') return { gateway: WORKSPACE_GATEWAY_URL, provisioner: WORKSPACE_PROVISIONER_URL };
  const door = `http://door.${kubernetesNames(settings).namespace}.svc`;
  return { gateway: `${door}:${PORTS.edge}`, provisioner: `${door}:${PORTS.keyProvisioner}` };
}

/** What differs where the platform does not run in containers. */
export interface GatewayConfigurationOptions {
  /** @default - the shipped catalog */
  readonly catalog?: Catalog;
  /** The gateway as a workspace sees it. @default {@link workspaceUrls} */
  readonly gatewayUrl?: string;
  /** The key-provisioner as a workspace sees it. @default {@link workspaceUrls} */
  readonly provisionerUrl?: string;
}

/** The excerpt of settings and catalog that the key-provisioner works with: the content of `gateway.json`. */
export function gatewayConfiguration(
  settings: Settings,
  options: GatewayConfigurationOptions = {},
): GatewayConfiguration {
  const catalog = options.catalog ?? shippedCatalog;
  // What a key may ask for besides models is LiteLLM's matter (`request-rules.ts`).
  const policy = ({ allow: _, ...scope }: Policy) => ({
    ...defined(scope),
    models: policyModels(scope.models, settings, catalog),
  });
  const coderUrl = settings.coder.url ?? (settings.coder.server ? `http://coder:${PORTS.coder}` : undefined);
  return {
    gateway_url: options.gatewayUrl ?? workspaceUrls(settings).gateway,
    provisioner_url: options.provisionerUrl ?? workspaceUrls(settings).provisioner,
    models: servedModels(settings, catalog).map(servedModel),
    default_model: settings.models.default,
    small_model: settings.models.small,
    policies: {
      person: settings.policies.person,
      workspace: policy(settings.policies.workspace),
      user: policy(settings.policies.user),
      ci: policy(settings.policies.ci),
      'agent:review': policy(settings.policies['agent:review']),
      'agent:write': policy(settings.policies['agent:write']),
    },
    agents: agents(settings),
    reconcile_interval_s: settings.key_provisioner.reconcile_interval_s,
    ...(coderUrl ? { coder_url: coderUrl } : {}),
    confirm_workspaces: settings.coder.confirm_workspaces,
  };
}

/** Providers of Claude that refuse fields which only Anthropic's own API has. For others LiteLLM writes the request anew. */
const HAVE_FEWER_FIELDS: readonly Provider[] = ['bedrock', 'vertex_ai'];

function servedModel({ name, title, use, model, limits, routes }: ServedModel): Configured {
  const [first] = routes;
  const family = model.family ?? familyOf(name, first.model);
  const bands = first.priceBands ?? [];
  return {
    name,
    title,
    use,
    context: limits.context,
    output: limits.output,
    prices: pricesOf(first.prices),
    ...(bands.length > 0
      ? { price_bands: bands.map((band) => ({ above_prompt_tokens: band.abovePromptTokens, ...pricesOf(band) })) }
      : {}),
    lifecycle: model.lifecycle.state,
    ...(family ? { family: { name: family.name, version: [...family.version] } } : {}),
    tools: first.abilities.tools,
    vision: first.abilities.vision,
    prompt_caching: first.abilities.promptCaching,
    reasoning: first.abilities.reasoning,
    ...(routes.some(({ provider }) => HAVE_FEWER_FIELDS.includes(provider)) ? { experimental_betas: false } : {}),
  };
}

const pricesOf = ({ input, output, cacheWrite, cacheRead }: Prices) => ({
  input,
  output,
  cache_write: cacheWrite,
  cache_read: cacheRead,
});

/** The text of `gateway.json`. */
export const gatewayConfigurationJson = (settings: Settings, options: GatewayConfigurationOptions = {}) =>
  `${JSON.stringify(gatewayConfiguration(settings, options), null, 2)}\n`;

/** Roo Code and its successor read one file; which of them is installed is a setting. */
function agents(settings: Settings): GatewayConfiguration['agents'] {
  return settings.workspace.agents.map((agent) => (agent === 'roo-code' ? settings.workspace.roo_extension : agent));
}

const defined = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;
