import type { DeployedModel, ModelDeployment } from '../../../deployment/schema';
import type { Path } from '../changes';
import type { Comparison } from '../comparison';
import { code, type Finding, findingsOf } from '../finding';

const finding = findingsOf('models');

/** What identifies a place of a model: `bedrock/us.anthropic.…`. */
export const routeId = ({ provider, model }: ModelDeployment): string => `${provider}/${model}`;
export const routeText = (route: ModelDeployment | undefined): string => (route ? code(routeId(route)) : 'nothing');

/** The places of a name in the order they are asked. */
export const byOrder = ({ deployments }: DeployedModel): ModelDeployment[] =>
  [...deployments].sort((a, b) => a.order - b.order);

/** Who answers a name: another place first, another address, places to fail over to. */
export function compareRoutes(name: string, old: DeployedModel, now: DeployedModel, comparison: Comparison): Finding[] {
  const [before, after] = [byOrder(old), byOrder(now)];
  const [first, firstNow] = [before[0], after[0]];
  const moves = comparison
    .under('models', name, 'deployments')
    .map(({ path }) => path)
    .filter((path) => path.length === 4 || path[4] === 'order' || path[4] === 'entry');
  if (!first || !firstNow) return [];
  const found = [...movedFirst(name, first, firstNow, moves), ...addresses(name, after, comparison)];
  const ids = (routes: readonly ModelDeployment[]) => new Set(routes.map(routeId));
  const gained = after.slice(1).filter((route) => !ids(before).has(routeId(route)));
  const lost = before.slice(1).filter((route) => !ids(after).has(routeId(route)));
  const providers = new Set(before.map(({ provider }) => provider));
  const newProvider = gained.some(({ provider }) => !providers.has(provider));
  if (gained.length > 0)
    found.push(
      finding(
        newProvider ? 'medium' : 'low',
        'failover',
        `${code(name)} fails over to ${code(...gained.map(routeId))}${newProvider ? ', another provider that then sees the prompts' : ''}`,
        moves,
      ),
    );
  if (lost.length > 0)
    found.push(
      finding('medium', 'failover', `${code(name)} no longer fails over to ${code(...lost.map(routeId))}`, moves),
    );
  const order = before
    .slice(1)
    .some((route) => after.slice(1).some((other) => routeId(other) === routeId(route) && other.order !== route.order));
  if (found.length === 0 && (order || moves.length > 0))
    found.push(
      finding(
        'low',
        'failover',
        `the places of ${code(name)} are asked in another order: ${code(...after.map(routeId))}`,
        moves,
      ),
    );
  return found;
}

function movedFirst(name: string, first: ModelDeployment, now: ModelDeployment, moves: readonly Path[]): Finding[] {
  if (routeId(first) === routeId(now)) return [];
  const elsewhere = first.provider !== now.provider;
  return [
    finding(
      elsewhere ? 'high' : 'medium',
      'rerouted',
      `${code(name)} is answered by ${routeText(now)} instead of ${routeText(first)}${elsewhere ? `: prompts go to another provider (${now.provider})` : ''}`,
      moves,
    ),
  ];
}

/** Addresses that only this model's entry changes; those of a whole provider are told once, with the provider. */
function addresses(name: string, routes: readonly ModelDeployment[], { was, is }: Comparison): Finding[] {
  return routes.flatMap((route) =>
    (['region', 'apiBase'] as const).flatMap((field) => {
      const path = ['models', name, 'deployments', routeId(route), field];
      const old = was.models[name]?.deployments.find((other) => routeId(other) === routeId(route));
      if (!old || old[field] === route[field]) return [];
      const [provider, providerNow] = [was.providers[route.provider], is.providers[route.provider]];
      if (provider?.[field] !== providerNow?.[field]) return [];
      const place = (at: string | undefined) => (at ? code(at) : "the provider's own address");
      return [
        finding('high', 'address', `${code(name)} goes to ${place(route[field])} instead of ${place(old[field])}`, [
          path,
        ]),
      ];
    }),
  );
}
