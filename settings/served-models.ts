import { catalog as shippedCatalog } from '../catalog/catalog';
import { CatalogError, checkCatalog } from '../catalog/check';
import type { Catalog, Deployment, Limits, Model, Provider } from '../catalog/model';
import type { Settings } from './schema';

/** A place where a name is served, with its rank among the places of that name. */
export interface Route extends Deployment {
  /** LiteLLM's `order`: 1 is asked first, 2 when 1 fails. */
  readonly order: number;
  /** The catalog entry the deployment belongs to: the name's own, or its successor. */
  readonly entry: string;
}

/** A catalog name as a deployment serves it. */
export interface ServedModel {
  readonly name: string;
  readonly title: string;
  readonly use: string;
  readonly model: Model;
  readonly routes: readonly [Route, ...Route[]];
  /** The smallest of all routes, so that a fail-over never finds a request too large. */
  readonly limits: Limits;
}

/** A name that is left out because nothing that is switched on serves it. */
export interface LeftOutModel {
  readonly name: string;
  readonly provider: Provider;
}

/**
 * The names a deployment serves, in the catalog's order.
 *
 * A deprecated name is served by its own deployment first and its successor second; a retired one by its successor.
 * The result is the same whatever the day: the calendar belongs to warnings, not to synth.
 *
 * @throws CatalogError where the catalog contradicts itself
 */
export function servedModels(settings: Settings, catalog: Catalog = shippedCatalog): ServedModel[] {
  checkCatalog(catalog);
  return enabledModels(settings, catalog).flatMap((model) => {
    const routes = routesOf(model, settings, catalog);
    const [first, ...rest] = routes;
    if (!first) return [];
    return [
      {
        name: model.name,
        title: model.title,
        use: model.use,
        model,
        routes: [first, ...rest] as const,
        limits: {
          context: Math.min(...routes.map((route) => route.limits.context)),
          output: Math.min(...routes.map((route) => route.limits.output)),
        },
      },
    ];
  });
}

/** Names of {@link servedModels}. */
export const enabledNames = (settings: Settings, catalog: Catalog = shippedCatalog): string[] =>
  servedModels(settings, catalog).map((model) => model.name);

/** Enabled names that nothing serves because their provider is `off`. */
export function modelsWithoutProvider(settings: Settings, catalog: Catalog = shippedCatalog): LeftOutModel[] {
  const served = new Set(enabledNames(settings, catalog));
  return enabledModels(settings, catalog)
    .filter((model) => !served.has(model.name))
    .map((model) => ({ name: model.name, provider: model.deployments[0].provider }));
}

/** The names of a policy that this deployment serves; `all` is every one but those of `byNameOnly`. */
export function policyModels(
  models: 'all' | readonly string[],
  settings: Settings,
  catalog: Catalog = shippedCatalog,
): string[] {
  const served = servedModels(settings, catalog).filter(({ name, model }) =>
    models === 'all' ? !model.byNameOnly : models.includes(name),
  );
  return served.map(({ name }) => name);
}

function enabledModels(settings: Settings, catalog: Catalog): readonly Model[] {
  const { enabled } = settings.models;
  return enabled === 'all' ? catalog : catalog.filter((model) => enabled.includes(model.name));
}

function routesOf(model: Model, settings: Settings, catalog: Catalog): Route[] {
  const isOn = (deployment: Deployment) => settings.providers[deployment.provider].credentials !== 'off';
  const own = (entry: Model) => {
    // Without fail-over a name stays with its first provider: which one sees the prompts must be no accident.
    const candidates = settings.models.provider_failover ? entry.deployments : entry.deployments.slice(0, 1);
    return candidates.filter(isOn).map((deployment) => ({ deployment, entry: entry.name }));
  };
  return lineage(model, catalog)
    .flatMap(own)
    .map(({ deployment, entry }, index) => ({ ...deployment, entry, order: index + 1 }));
}

/** The entries that serve a name, in order: itself unless retired, then its successor unless active. */
function lineage(model: Model, catalog: Catalog): Model[] {
  const { lifecycle } = model;
  const successor = lifecycle.state === 'active' ? [] : lineage(find(lifecycle.successor, catalog), catalog);
  return lifecycle.state === 'retired' ? successor : [model, ...successor];
}

/** @throws CatalogError for a name the catalog does not have; `checkCatalog` finds that earlier, with everything else */
function find(name: string, catalog: Catalog): Model {
  const found = catalog.find((model) => model.name === name);
  if (!found) throw new CatalogError([`there is no model "${name}"`]);
  return found;
}
