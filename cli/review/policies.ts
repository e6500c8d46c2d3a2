import { seconds } from '../../catalog/duration';
import { code, type Finding, findingsOf } from './finding';
import type { Attributes, Synthesized } from './synthesized';

const finding = findingsOf('policies');
const MONTH_S = 30 * 86_400;

/** How many keys of each scope there are (`person`: how many people); what is not given counts as one. */
export type KeyCounts = Readonly<Record<string, number>>;

/** Policies loosened or tightened, with the money that means per month. */
export function comparePolicies(before: Synthesized, after: Synthesized, counts: KeyCounts = {}): Finding[] {
  const scopes = [...new Set([...Object.keys(before.gateway.policies), ...Object.keys(after.gateway.policies)])];
  const found = scopes.flatMap((scope) => {
    const [was, is] = [before.gateway.policies[scope], after.gateway.policies[scope]];
    if (!was)
      return [
        finding('medium', `a new kind of key: ${code(scope)}, up to ${money(monthly(is as Attributes))} a month each`),
      ];
    if (!is) return [finding('high', `the policy of ${code(scope)} is gone: such keys can no longer be made`)];
    return [
      ...budget(scope, was, is, counts),
      ...rates(scope, was, is),
      ...lifetime(scope, was, is),
      ...models(scope, was, is, before, after),
    ];
  });
  return found.length > 0 ? [...found, REACH] : [];
}

const REACH = finding(
  'info',
  'keys that exist, and people, get these policies within a minute of the deploy (many hundreds of keys take longer); limits that an operator set on one key stay, and so does what was spent',
);

/** The most a key of a policy can spend in 30 days. */
function monthly(policy: Attributes): number {
  try {
    return (Number(policy['max_budget']) * MONTH_S) / seconds(String(policy['budget_duration']));
  } catch {
    return Number.NaN;
  }
}

const money = (usd: number) => `$${usd.toLocaleString('en-US', { maximumFractionDigits: 2 })}`;

function budget(scope: string, was: Attributes, is: Attributes, counts: KeyCounts): Finding[] {
  if (was['max_budget'] === is['max_budget'] && was['budget_duration'] === is['budget_duration']) return [];
  const [old, now] = [monthly(was), monthly(is)];
  const limit = (policy: Attributes) => `$${policy['max_budget']} per ${policy['budget_duration']}`;
  const change = `the budget of ${code(scope)} changes from ${limit(was)} to ${limit(is)}`;
  if (old === now) return [finding('info', `${change}: the same money, in another window`)];
  const keys = counts[scope] ?? 1;
  const whom =
    scope === 'person' ? `${keys} ${keys === 1 ? 'person' : 'people'}` : `${keys} ${keys === 1 ? 'key' : 'keys'}`;
  const total = `at ${whom}, at most ${money(now * keys)} a month instead of ${money(old * keys)}`;
  if (now > old)
    return [
      finding(now >= 5 * old ? 'high' : 'medium', `${change}: **loosened**; ${total} (+${money((now - old) * keys)})`),
    ];
  return [
    finding(
      'low',
      `${change}: **tightened**; ${total}; ${scope === 'person' ? 'people' : 'keys'} that spent more than ${money(Number(is['max_budget']))} in this window are refused from then on`,
    ),
  ];
}

function rates(scope: string, was: Attributes, is: Attributes): Finding[] {
  return (
    [
      ['rpm_limit', 'requests a minute'],
      ['tpm_limit', 'tokens a minute'],
      ['max_parallel_requests', 'requests at once'],
    ] as const
  ).flatMap(([field, words]) => {
    const [old, now] = [was[field] as number | undefined, is[field] as number | undefined];
    if (old === now) return [];
    const change = `${code(scope)} may make ${now ?? 'any number of'} ${words} instead of ${old ?? 'any number'}`;
    const looser = (now ?? Number.POSITIVE_INFINITY) > (old ?? Number.POSITIVE_INFINITY);
    return [finding(now === undefined ? 'medium' : 'low', `${change}: **${looser ? 'loosened' : 'tightened'}**`)];
  });
}

function lifetime(scope: string, was: Attributes, is: Attributes): Finding[] {
  const [old, now] = [was['duration'], is['duration']].map((value) => (typeof value === 'string' ? value : undefined));
  if (old === now) return [];
  const looser = old !== undefined && (now === undefined || seconds(now) > seconds(old));
  return [
    finding(
      looser ? 'medium' : 'low',
      `keys of ${code(scope)} live ${now ?? 'for ever'} instead of ${old ?? 'for ever'}: **${looser ? 'loosened' : 'tightened'}**; ${
        looser ? 'a key that exists, from its next renewal' : `one that would live longer ends ${now} after the deploy`
      }`,
    ),
  ];
}

/** Of models that are served before and after: what is said of a new or removed model itself need not be said again for each scope. */
function models(scope: string, was: Attributes, is: Attributes, before: Synthesized, after: Synthesized): Finding[] {
  const served = ({ proxy }: Synthesized) => new Set(proxy.model_list.map((entry) => entry.model_name));
  const [servedBefore, servedAfter] = [served(before), served(after)];
  const [old, now] = [was, is].map((policy) => (policy['models'] ?? []) as string[]) as [string[], string[]];
  const gained = now.filter((name) => !old.includes(name) && servedBefore.has(name));
  const lost = old.filter((name) => !now.includes(name) && servedAfter.has(name));
  return [
    ...(gained.length > 0 ? [finding('low', `${code(scope)} may also ask for ${code(...gained)}: **loosened**`)] : []),
    ...(lost.length > 0
      ? [
          finding(
            'medium',
            `${code(scope)} may no longer ask for ${code(...lost)}: **tightened**; such requests get 403`,
          ),
        ]
      : []),
  ];
}
