import { catalog as shippedCatalog } from '../catalog/catalog';
import type { Catalog } from '../catalog/model';
import type { ServedModel } from '../images/key-provisioner/src/configuration';
import { cheapest, chooseSmallModel, newestOf } from '../images/key-provisioner/src/models/choose';
import type { Settings } from '../settings/schema';
import { policyModels } from '../settings/served-models';
import { gatewayConfiguration } from './gateway-json';

/** Kinds of keys that workspaces use: their own, or a person's that was put in its place. */
const IN_WORKSPACES = ['workspace', 'user'] as const;
type WorkspaceScope = (typeof IN_WORKSPACES)[number];

/** What agents begin with, and what they write titles with. */
export interface StartingModels {
  readonly default: ServedModel;
  readonly small: ServedModel;
}

/**
 * The models of `models.default` and `models.small`, or what takes their place where the policy does not allow them: the newest of the
 * default's family, else the cheapest; and the small model that the key-provisioner chooses. Undefined where no model is allowed.
 */
export function startingModels(
  settings: Settings,
  scope: WorkspaceScope = 'workspace',
  catalog: Catalog = shippedCatalog,
): StartingModels | undefined {
  const { models, policies } = gatewayConfiguration(settings, { catalog });
  const allowed = models.filter(({ name }) => policies[scope].models.includes(name));
  const family = models.find(({ name }) => name === settings.models.default)?.family?.name;
  const first =
    allowed.find(({ name }) => name === settings.models.default) ??
    (family ? newestOf(family, allowed) : undefined) ??
    cheapest(allowed);
  return first && { default: first, small: chooseSmallModel(settings.models.small, allowed, first) };
}

/**
 * Where `models.default` or `models.small` is outside a policy's list, and what takes its place; one sentence each. Policies whose
 * keys use neither (`ci`, `agent:…`) are left out.
 */
export function modelsOutsidePolicies(settings: Settings, catalog: Catalog = shippedCatalog): string[] {
  return IN_WORKSPACES.flatMap((scope) => {
    const instead = startingModels(settings, scope, catalog);
    if (!instead) return [];
    const names = policyModels(settings.policies[scope].models, settings, catalog);
    return (['default', 'small'] as const)
      .filter((use) => !names.includes(settings.models[use]))
      .map(
        (use) =>
          `models.${use}: "${settings.models[use]}" is not in policies.${scope}.models; ${consequence(scope, use, instead[use].name)}; name one of ${names.join(', ')} in models.${use}, or add it to the policy`,
      );
  });
}

function consequence(scope: WorkspaceScope, use: keyof StartingModels, name: string): string {
  if (scope === 'workspace') return `workspaces use ${name} instead`;
  // The form offers what a workspace's own key may use.
  return use === 'default'
    ? `with a person's own key a workspace has to choose another, such as ${name}`
    : `with a person's own key a workspace uses ${name} instead`;
}
