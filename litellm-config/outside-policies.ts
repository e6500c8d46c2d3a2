import type { ServedModel } from '../images/key-provisioner/src/configuration';
import { cheapest, chooseSmallModel, newestOf } from '../images/key-provisioner/src/models/choose';
import type { Settings } from '../settings/schema';
import { catalog as shippedCatalog } from './catalog';
import { gatewayConfiguration } from './gateway-json';
import type { Catalog } from './model';

/** Kinds of keys that workspaces use: their own, or a person's that was put in its place. */
const IN_WORKSPACES = {
  workspace: 'workspaces',
  user: "workspaces with a person's own key",
} as const;

/**
 * What a workspace begins with among the models its key may use: `models.default`, else the newest of the same family, else the
 * cheapest. Undefined where there is none.
 */
export function defaultAmong(
  allowed: readonly ServedModel[],
  { default: configured }: Settings['models'],
  catalog: readonly ServedModel[],
): ServedModel | undefined {
  const family = catalog.find(({ name }) => name === configured)?.family?.name;
  return (
    allowed.find(({ name }) => name === configured) ??
    (family ? newestOf(family, allowed) : undefined) ??
    cheapest(allowed)
  );
}

/**
 * Where `models.default` or `models.small` is outside a policy's list, and what is used in its place; one sentence each. Policies
 * whose keys use neither (`ci`, `agent:…`) are left out.
 */
export function modelsOutsidePolicies(settings: Settings, catalog: Catalog = shippedCatalog): string[] {
  const { models, policies } = gatewayConfiguration(settings, { catalog });
  return (Object.keys(IN_WORKSPACES) as (keyof typeof IN_WORKSPACES)[]).flatMap((scope) => {
    const allowed = models.filter(({ name }) => policies[scope].models.includes(name));
    const chosen = defaultAmong(allowed, settings.models, models);
    if (!chosen) return [];
    const names = policies[scope].models;
    const instead = { default: chosen, small: chooseSmallModel(settings.models.small, allowed, chosen) };
    return (['default', 'small'] as const)
      .filter((use) => !names.includes(settings.models[use]))
      .map(
        (use) =>
          `models.${use}: "${settings.models[use]}" is not in policies.${scope}.models; ${IN_WORKSPACES[scope]} use ${instead[use].name} instead; name one of ${names.join(', ')} in models.${use}, or add it to the policy`,
      );
  });
}
