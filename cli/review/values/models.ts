import type { DeployedModel, Deployment } from '../../../deployment/schema';
import { compareKeys, same } from '../changes';
import { type Comparison, mapOf } from '../comparison';
import { code, type Finding, findingsOf } from '../finding';
import { comparePrices, isPriced, pricesText } from './model-prices';
import { compareRoutes, routeText } from './model-routes';
import { compareTraits } from './model-traits';

const finding = findingsOf('models');

/** Models added, removed, repriced, re-routed, and what they can do no longer. */
export function compareModels(comparison: Comparison): Finding[] {
  const { was, is } = comparison;
  const { added, removed, both } = compareKeys(mapOf(was.models), mapOf(is.models));
  return [
    ...removed.map(([name]) =>
      finding(
        'high',
        'removed',
        `${code(name)} is removed: requests for it are refused with 400${formerUse(name, was)}`,
        [['models', name]],
      ),
    ),
    ...added.flatMap(([name, model]) => introduced(name, model, is)),
    ...both.flatMap(([name, old, now]) => [
      ...compareRoutes(name, old, now, comparison),
      ...comparePrices(name, old, now, comparison),
      ...compareTraits(name, old, now, comparison),
      ...compareFallbacks(name, old, now),
    ]),
  ];
}

function introduced(name: string, model: DeployedModel, { policies }: Deployment): Finding[] {
  const [first] = model.deployments;
  const scopes = Object.entries(policies).flatMap(([scope, policy]) =>
    'models' in policy && policy.models.includes(name) ? [scope] : [],
  );
  const open = scopes.length > 0 ? `open to ${code(...scopes)}` : 'open to no kind of key';
  return [
    finding(
      'low',
      'added',
      `${code(name)} is new, served by ${routeText(first)} at ${pricesText(first?.prices)} per million tokens; ${open}`,
      [['models', name]],
    ),
    ...(model.deployments.every(isPriced)
      ? []
      : [finding('high', 'no-price', `${code(name)} has no price: what it costs counts towards no budget`)]),
    ...model.fallbacks.map((to) => fallsBack(name, [to])),
  ];
}

function formerUse(name: string, { defaults }: Deployment): string {
  if (defaults.model === name) return '; it was the default model';
  return defaults.smallModel === name ? '; it was the small model' : '';
}

const fallsBack = (name: string, to: readonly string[]) =>
  finding(
    'medium',
    'fallback',
    `when ${code(name)} fails, ${code(...to)} answers, whatever the key's own list of models says`,
    [['models', name, 'fallbacks']],
  );

function compareFallbacks(
  name: string,
  { fallbacks: old }: DeployedModel,
  { fallbacks: now }: DeployedModel,
): Finding[] {
  if (same(old, now)) return [];
  const paths = [['models', name, 'fallbacks']];
  if (old.length === 0) return [fallsBack(name, now)];
  if (now.length === 0)
    return [finding('low', 'fallback', `no other model answers any longer when ${code(name)} fails`, paths)];
  return [
    finding(
      'medium',
      'fallback',
      `when ${code(name)} fails, ${code(...now)} answers instead of ${code(...old)}`,
      paths,
    ),
  ];
}
