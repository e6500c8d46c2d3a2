import { catalog as shippedCatalog } from '../catalog/catalog';
import type { Catalog } from '../catalog/model';
import { type StartingModels, startingModels } from '../litellm-config/outside-policies';
import { PRODUCT } from '../package-root';
import { PROVIDER_CREDENTIALS } from '../settings/credentials';
import { kubernetesNames } from '../settings/kubernetes';
import type { Settings } from '../settings/schema';
import { SECRETS } from '../settings/secrets';
import { platformWorkloads } from '../workloads/platform';
import type { Workload } from '../workloads/workload';
import { litellmConfiguration, provisionerConfiguration } from './describe/files';
import { describeImages } from './describe/images';
import { describeModels } from './describe/models';
import { describePolicies } from './describe/policies';
import { describeWorkspace } from './describe/workspace';
import { DEPLOYMENT_VERSION, type Deployment } from './schema';
import { platformSecretRules, templateSecretRules } from './secret-rules';
import { describeWorkload } from './workload';

/** What a deployment is described from, besides its settings. */
export interface DescribeOptions {
  /** What the platform stack runs. @default - the workloads of the settings */
  readonly workloads?: readonly Workload[];
  /** @default - the shipped catalog */
  readonly catalog?: Catalog;
}

/**
 * Everything that settings and catalog make of a deployment, as values.
 *
 * @throws CatalogError where the catalog contradicts itself; Error where LiteLLM or the key-provisioner is not among the workloads
 */
export function describeDeployment(settings: Settings, options: DescribeOptions = {}): Deployment {
  const { workloads = platformWorkloads(settings), catalog = shippedCatalog } = options;
  const litellm = litellmConfiguration(workloads);
  const provisioner = provisionerConfiguration(workloads);
  // Told with the models.
  const { fallbacks: _fallbacks, ...router } = litellm.router;
  const described = Object.fromEntries(workloads.map((workload) => [workload.name, describeWorkload(workload)]));
  return {
    version: DEPLOYMENT_VERSION,
    product: { name: PRODUCT.name, version: PRODUCT.version },
    name: settings.name,
    docker: { host: settings.docker.host },
    ...(settings.target === 'kubernetes'
      ? { kubernetes: { ...kubernetesNames(settings), settings: settings.kubernetes } }
      : {}),
    providers: describeProviders(settings),
    models: describeModels(settings, litellm, catalog),
    defaults: {
      model: provisioner.default_model,
      smallModel: provisioner.small_model,
      providerFailover: settings.models.provider_failover,
      startWith: {
        workspace: names(startingModels(settings, 'workspace', catalog)),
        user: names(startingModels(settings, 'user', catalog)),
      },
    },
    policies: describePolicies(settings, provisioner.policies),
    ...(settings.policies.contact ? { contact: settings.policies.contact } : {}),
    litellm: { router, settings: { ...litellm.settings }, general: { ...litellm.general } },
    keyProvisioner: {
      reconcileIntervalSeconds: provisioner.reconcile_interval_s,
      confirmWorkspaces: provisioner.confirm_workspaces,
      ...(provisioner.coder_url ? { coderUrl: provisioner.coder_url } : {}),
      gatewayUrl: provisioner.gateway_url,
      provisionerUrl: provisioner.provisioner_url,
    },
    workloads: described,
    workspace: describeWorkspace(settings, provisioner),
    secrets: describeSecrets(settings),
    egress: {
      workspaces: settings.workspace.egress,
      workloads: Object.entries(described).flatMap(([name, { connects }]) =>
        connects.some(({ to }) => to === 'internet') ? [name] : [],
      ),
    },
    images: describeImages(settings, workloads),
    volumes: { keepOnDestroy: settings.volumes.keep_on_destroy },
  };
}

/** The text of `deployment.json`. */
export const deploymentJson = (settings: Settings, options: DescribeOptions = {}): string =>
  `${JSON.stringify(describeDeployment(settings, options), null, 2)}\n`;

const names = (models: StartingModels | undefined) => ({
  model: models?.default.name ?? '',
  smallModel: models?.small.name ?? '',
});

function describeProviders(settings: Settings): Deployment['providers'] {
  return Object.fromEntries(
    Object.entries(settings.providers).map(([name, { credentials, region, api_base: apiBase }]) => [
      name,
      {
        credentials,
        secrets:
          credentials === 'variable'
            ? PROVIDER_CREDENTIALS[name as keyof typeof PROVIDER_CREDENTIALS].map(({ secret }) => secret)
            : [],
        ...(region ? { region } : {}),
        ...(apiBase ? { apiBase } : {}),
      },
    ]),
  );
}

function describeSecrets(settings: Settings): Deployment['secrets'] {
  const rules = [...platformSecretRules(settings), ...templateSecretRules()];
  return Object.fromEntries(
    SECRETS.map(({ name, purpose }) => [
      name,
      { purpose, rules: rules.filter(({ secret }) => secret === name).map(({ secret: _secret, ...rule }) => rule) },
    ]),
  );
}
