import { catalog as shippedCatalog } from '../../catalog/catalog';
import type { Catalog, Model } from '../../catalog/model';
import type { Settings } from '../../settings/schema';
import { modelsWithoutProvider, type ServedModel, servedModels } from '../../settings/served-models';

/** Something about a model that needs a decision before its date comes. */
export interface ModelWarning {
  readonly model: string;
  /** `now`: the name no longer stands for that model. `soon`: within {@link HORIZON_DAYS}. */
  readonly urgency: 'now' | 'soon';
  readonly message: string;
  readonly fix: string;
}

/** How long before a retirement there is a warning. */
export const HORIZON_DAYS = 60;

const DAY_MS = 86_400_000;

/** Days from one ISO date to another; negative when it has passed. */
export const daysUntil = (date: string, today: string): number =>
  Math.round((Date.parse(date) - Date.parse(today)) / DAY_MS);

/**
 * What today's date means for the models of a deployment. Synth gives the same on every day; this does not.
 *
 * @param today ISO date
 */
export function modelWarnings(settings: Settings, today: string, catalog: Catalog = shippedCatalog): ModelWarning[] {
  return servedModels(settings, catalog).flatMap((served) => {
    const warning = warningOf(served, today);
    if (!warning) return [];
    const use = usesOf(served.name, settings);
    return [{ ...warning, model: served.name, message: `${warning.message}${use ? `; it is ${use}` : ''}` }];
  });
}

function warningOf({ name, model, routes }: ServedModel, today: string): Omit<ModelWarning, 'model'> | undefined {
  const { lifecycle } = model;
  const next = routes.find((route) => route.entry !== name)?.entry;
  if (lifecycle.state === 'retired') {
    return {
      urgency: 'now',
      message: `retired on ${lifecycle.since}: "${lifecycle.successor}" answers under its name`,
      fix: `request ${lifecycle.successor} by its own name; "${name}" goes on working for those who still use it`,
    };
  }
  if (lifecycle.state === 'deprecated') {
    const days = daysUntil(lifecycle.retires, today);
    if (days > HORIZON_DAYS) return undefined;
    const answered = next
      ? `"${next}" answers under its name from then on, at its own price`
      : `its successor "${lifecycle.successor}" is not served here: requests will fail`;
    const when =
      days > 0
        ? `retires on ${lifecycle.retires}, in ${days} days`
        : `should have been retired on ${lifecycle.retires}`;
    return {
      urgency: days > 0 ? 'soon' : 'now',
      message: `${when}; ${answered}`,
      fix:
        days > 0
          ? `try ${lifecycle.successor}, then use it in gateway.yaml`
          : `set the lifecycle of "${name}" to retired in catalog/catalog.ts, so that requests do not wait for a first attempt that fails`,
    };
  }
  if (lifecycle.notBefore && daysUntil(lifecycle.notBefore, today) <= 0) {
    return {
      urgency: 'soon',
      message: `may be retired at any time from ${lifecycle.notBefore} on; no date is known`,
      fix: `check the provider's list of deprecations${lifecycle.successor ? `; the successor is ${lifecycle.successor}` : ''}`,
    };
  }
  return undefined;
}

function usesOf(name: string, settings: Settings): string {
  const uses = [
    settings.models.default === name ? 'the default model' : '',
    settings.models.small === name ? 'the small model' : '',
  ].filter(Boolean);
  return uses.join(' and ');
}

/** Where a model is in its lifecycle, in a few words. */
export function describeLifecycle({ lifecycle }: Model, today: string): string {
  if (lifecycle.state === 'retired') return `retired ${lifecycle.since} → ${lifecycle.successor}`;
  if (lifecycle.state === 'deprecated') {
    return `${daysUntil(lifecycle.retires, today) > 0 ? 'retires' : 'retired'} ${lifecycle.retires} → ${lifecycle.successor}`;
  }
  return lifecycle.notBefore && daysUntil(lifecycle.notBefore, today) <= 0 ? 'may retire any day' : 'active';
}

/** Models of the catalog that the deployment leaves out, and why. */
export function leftOut(settings: Settings, catalog: Catalog = shippedCatalog): { name: string; why: string }[] {
  const off = new Map(modelsWithoutProvider(settings, catalog).map(({ name, provider }) => [name, provider]));
  const { enabled } = settings.models;
  return catalog.flatMap(({ name }) => {
    if (enabled !== 'all' && !enabled.includes(name)) return [{ name, why: 'not among models.enabled' }];
    const provider = off.get(name);
    return provider ? [{ name, why: `providers.${provider}.credentials is off` }] : [];
  });
}
