import type { ServedModel } from '../configuration';
import { compareVersions, type Family, familyOf } from './family';

/** A request for a title or a commit message, in tokens: what the prices of small models are compared for. */
const SMALL_REQUEST = { prompt: 10_000, answer: 1_000 };
/** Tokens of context below which a model does not fit: a commit message is made from a diff. */
const LEAST_CONTEXT = 32_000;

/** From most to least preferred; an older `gateway.json` has no state. */
const STATES = ['active', 'deprecated', 'retired'] as const;
const rank = ({ lifecycle = 'active' }: ServedModel) => STATES.indexOf(lifecycle);

/**
 * The model for titles, summaries and commit messages: the configured one where the key may use it, else the cheapest that the
 * key may use and that fits. Never dearer than the chosen model, unless it was configured so.
 *
 * @param allowed what the key may use, in the catalog's order
 * @param chosen what the person chose
 */
export function chooseSmallModel(
  configured: string,
  allowed: readonly ServedModel[],
  chosen: ServedModel,
): ServedModel {
  const named = allowed.find(({ name }) => name === configured);
  if (named) return named;
  // The chosen model always fits, so that nothing dearer is taken for its sake.
  const fits = (model: ServedModel) =>
    model.context >= Math.min(LEAST_CONTEXT, chosen.context) && (model.tools || !chosen.tools);
  return cheapest(allowed.filter(fits)) ?? chosen;
}

/** The model that a small request costs least with; of equally cheap ones the one furthest from retirement, then the first of the catalog. */
export const cheapest = (models: readonly ServedModel[]): ServedModel | undefined =>
  models.toSorted((a, b) => smallRequestPrice(a) - smallRequestPrice(b) || rank(a) - rank(b))[0];

/** What a small request costs, in millionths of a US dollar; of several price bands, the one for a prompt of that length. */
export function smallRequestPrice({ prices, price_bands = [] }: ServedModel): number {
  const band = price_bands
    .filter(({ above_prompt_tokens }) => SMALL_REQUEST.prompt > above_prompt_tokens)
    .sort((a, b) => b.above_prompt_tokens - a.above_prompt_tokens)[0];
  const { input, output } = band ?? prices;
  return input * SMALL_REQUEST.prompt + output * SMALL_REQUEST.answer;
}

/**
 * The newest model of a family that the key may use: an active one if there is any, else a deprecated one; a retired name, which its
 * successor answers, only where nothing else is left.
 */
export function newestOf(family: Family['name'], allowed: readonly ServedModel[]): ServedModel | undefined {
  return allowed
    .map((model) => ({ model, of: model.family ?? familyOf(model.name) }))
    .filter(({ of }) => of?.name === family)
    .sort((a, b) => rank(a.model) - rank(b.model) || compareVersions(b.of?.version ?? [], a.of?.version ?? []))[0]
    ?.model;
}
