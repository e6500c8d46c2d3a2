import type { Comparison } from '../comparison';
import { code, type Finding, findingsOf } from '../finding';
import { routeId } from './model-routes';

const finding = findingsOf('gateway');

/** Providers switched on or off, and where and with what they are asked. */
export function compareProviders(comparison: Comparison): Finding[] {
  const { was, is } = comparison;
  return Object.keys({ ...was.providers, ...is.providers }).flatMap((name): Finding[] => {
    const [old, now] = [was.providers[name], is.providers[name]];
    if (!old || !now) return [];
    const found: Finding[] = [];
    if (old.credentials !== now.credentials) {
      const paths = [
        ...comparison.paths('providers', name, 'credentials'),
        ...comparison.paths('providers', name, 'secrets'),
      ];
      const words =
        now.credentials === 'off'
          ? `the provider ${code(name)} is switched off`
          : old.credentials === 'off'
            ? `the provider ${code(name)} is switched on, with credentials from ${SOURCES[now.credentials]}`
            : `credentials of the provider ${code(name)} come from ${SOURCES[now.credentials]} instead of ${SOURCES[old.credentials]}`;
      found.push(
        finding(old.credentials === 'off' || now.credentials === 'off' ? 'low' : 'medium', 'provider', words, paths),
      );
    }
    for (const field of ['region', 'apiBase'] as const) {
      if (old[field] === now[field]) continue;
      // Where a provider that was off, or is now, would be asked is no news.
      if (old.credentials === 'off' || now.credentials === 'off') {
        if (old.credentials !== now.credentials) continue;
      }
      // A provider that serves nothing sends nothing anywhere.
      const routes = Object.entries(is.models).flatMap(([model, { deployments }]) =>
        deployments.filter(({ provider }) => provider === name).map((route) => ({ model, route })),
      );
      const place = (at: string | undefined) => (at ? code(at) : "the provider's own address");
      const models = [...new Set(routes.map(({ model }) => model))];
      found.push(
        finding(
          models.length > 0 && old.credentials !== 'off' ? 'high' : 'low',
          'address',
          `requests to ${code(name)} go to ${place(now[field])} instead of ${place(old[field])}${models.length > 0 ? `: ${code(...models)}` : ''}`,
          [
            ['providers', name, field],
            ...routes.flatMap(({ model, route }) =>
              comparison.paths('models', model, 'deployments', routeId(route), field),
            ),
          ],
        ),
      );
    }
    return found;
  });
}

const SOURCES = { variable: '`secrets.tfvars`', 'instance-role': "the machine's role", off: 'nowhere' } as const;
