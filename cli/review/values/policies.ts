import type { DeployedPolicy, PersonCap } from '../../../deployment/schema';
import { durationSeconds } from '../../../images/key-provisioner/src/keys/duration';
import { same } from '../changes';
import type { Comparison } from '../comparison';
import { code, type Finding, findingsOf, plural } from '../finding';
import { monthlyBudget, monthlyCost, monthlyCostOfAll } from './monthly-cost';

const finding = findingsOf('policies');

type Limits = Partial<DeployedPolicy> & PersonCap;

/** Policies loosened or tightened, with what that costs per month. */
export function comparePolicies(comparison: Comparison): Finding[] {
  const { was, is } = comparison;
  const [before, after] = [was.policies, is.policies] as unknown as Readonly<Record<string, Limits | undefined>>[];
  const scopes = [...new Set([...Object.keys(was.policies), ...Object.keys(is.policies)])];
  const found = scopes.flatMap((scope) => {
    const [old, now] = [before?.[scope], after?.[scope]];
    if (!old && now)
      return [
        finding(
          'medium',
          'scope-added',
          `a new kind of key: ${code(scope)}, at most ${money(monthlyBudget(now))} a month each`,
          [['policies', scope]],
        ),
      ];
    if (!now)
      return [
        finding('high', 'scope-removed', `the policy of ${code(scope)} is gone: such keys can no longer be made`, [
          ['policies', scope],
        ]),
      ];
    if (!old) return [];
    return [
      ...budget(scope, old, now, comparison),
      ...rates(scope, old, now),
      ...lifetime(scope, old, now),
      ...models(scope, old, now, comparison),
      ...extras(scope, old, now),
    ];
  });
  return found.length > 0 ? [...found, ...total(comparison), REACH] : [];
}

const REACH = finding(
  'info',
  'reach',
  'keys that exist, and people, get these policies within a minute of the deploy (many hundreds of keys take longer); limits that an operator set on one key stay, and so does what was spent',
);

const money = (usd: number) =>
  Number.isFinite(usd) ? `$${usd.toLocaleString('en-US', { maximumFractionDigits: 2 })}` : 'an amount without a bound';

function budget(scope: string, old: Limits, now: Limits, { was, is, keys }: Comparison): Finding[] {
  if (old.max_budget === now.max_budget && old.budget_duration === now.budget_duration) return [];
  const paths = ['max_budget', 'budget_duration'].map((field) => ['policies', scope, field]);
  const limit = (policy: Limits) => `$${policy.max_budget} per ${policy.budget_duration}`;
  const change = `the budget of ${code(scope)} changes from ${limit(old)} to ${limit(now)}`;
  const [each, eachNow] = [monthlyBudget(old), monthlyBudget(now)];
  if (each === eachNow) return [finding('info', 'budget', `${change}: a month costs at most the same`, paths)];
  const count = keys[scope] ?? 1;
  const whom = scope === 'person' ? plural(count, 'person', 'people') : plural(count, 'key');
  const [cost, costNow] = [monthlyCost(scope, was, keys), monthlyCost(scope, is, keys)];
  const difference = Math.abs(costNow - cost);
  const sum =
    cost === costNow
      ? `${whom}: still at most ${money(cost)} a month, which the cap of a person allows`
      : `${whom}: at most ${money(costNow)} a month instead of ${money(cost)} (${costNow > cost ? '+' : '−'}${money(difference)})`;
  if (eachNow > each)
    return [finding(eachNow >= 5 * each ? 'high' : 'medium', 'budget', `${change}: **loosened**; ${sum}`, paths)];
  return [
    finding(
      'low',
      'budget',
      `${change}: **tightened**; ${sum}; ${scope === 'person' ? 'people' : 'keys'} that spent more than ${money(now.max_budget)} in this window are refused from then on`,
      paths,
    ),
  ];
}

/** What all kinds of keys cost together, where that changes. */
function total({ was, is, keys }: Comparison): Finding[] {
  const [cost, costNow] = [monthlyCostOfAll(was, keys), monthlyCostOfAll(is, keys)];
  if (cost === costNow) return [];
  const counted = Object.keys(is.policies)
    .filter((scope) => scope !== 'person' || keys[scope] !== undefined)
    .map((scope) => `${keys[scope] ?? 1} ${code(scope)}`)
    .join(', ');
  return [
    finding(
      'info',
      'monthly-cost',
      `all keys together cost at most ${money(costNow)} in a month of 31 days instead of ${money(cost)}, counting ${counted}`,
    ),
  ];
}

function rates(scope: string, was: Limits, is: Limits): Finding[] {
  return (
    [
      ['rpm_limit', 'requests a minute'],
      ['tpm_limit', 'tokens a minute'],
      ['max_parallel_requests', 'requests at once'],
    ] as const
  ).flatMap(([field, words]) => {
    const [old, now] = [was[field], is[field]];
    if (old === now) return [];
    const change = `${code(scope)} may make ${now ?? 'unlimited'} ${words} instead of ${old ?? 'unlimited'}`;
    const looser = (now ?? Number.POSITIVE_INFINITY) > (old ?? Number.POSITIVE_INFINITY);
    return [
      finding(now === undefined ? 'medium' : 'low', 'rate', `${change}: **${looser ? 'loosened' : 'tightened'}**`, [
        ['policies', scope, field],
      ]),
    ];
  });
}

function lifetime(scope: string, { duration: old }: Limits, { duration: now }: Limits): Finding[] {
  if (old === now) return [];
  const looser = span(now) > span(old);
  return [
    finding(
      looser ? 'medium' : 'low',
      'lifetime',
      `keys of ${code(scope)} work for ${now ?? 'ever'} instead of ${old ?? 'ever'}: **${looser ? 'loosened' : 'tightened'}**; ${
        looser
          ? 'a key that exists, from its next renewal'
          : `a key that would work longer ends ${now} after the deploy`
      }`,
      [['policies', scope, 'duration']],
    ),
  ];
}

function span(duration: string | undefined): number {
  try {
    return duration === undefined ? Number.POSITIVE_INFINITY : durationSeconds(duration);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Of models that are served before and after: what is said of a new or removed model itself need not be said again for each scope. */
function models(
  scope: string,
  { models: old = [] }: Limits,
  { models: now = [] }: Limits,
  { was, is }: Comparison,
): Finding[] {
  if (same(old, now)) return [];
  const paths = [['policies', scope, 'models']];
  const gained = now.filter((name) => !old.includes(name) && was.models[name]);
  const lost = old.filter((name) => !now.includes(name) && is.models[name]);
  return [
    ...(gained.length > 0
      ? [finding('low', 'models', `${code(scope)} may also ask for ${code(...gained)}: **loosened**`, paths)]
      : []),
    ...(lost.length > 0
      ? [
          finding(
            'medium',
            'models',
            `${code(scope)} may no longer ask for ${code(...lost)}: **tightened**; such requests get 403`,
            paths,
          ),
        ]
      : []),
  ];
}

/** What requests may ask for that is billed above their tokens. */
function extras(scope: string, { allow: old }: Limits, { allow: now }: Limits): Finding[] {
  if (same(old, now)) return [];
  const paths = [['policies', scope, 'allow']];
  const gained = (now ?? []).filter((extra) => !old?.includes(extra));
  const lost = (old ?? []).filter((extra) => !now?.includes(extra));
  if (!old && now)
    return [
      finding(
        'info',
        'extras',
        `requests of ${code(scope)} may ask for ${code(...now)} and nothing else that costs extra`,
        paths,
      ),
    ];
  return [
    ...(gained.length > 0
      ? [
          finding(
            'medium',
            'extras',
            `requests of ${code(scope)} may ask for ${code(...gained)}, which costs extra: **loosened**`,
            paths,
          ),
        ]
      : []),
    ...(lost.length > 0
      ? [
          finding(
            'low',
            'extras',
            `requests of ${code(scope)} may no longer ask for ${code(...lost)}: **tightened**; such requests get 400`,
            paths,
          ),
        ]
      : []),
    ...(gained.length + lost.length === 0
      ? [finding('info', 'extras', `what requests of ${code(scope)} may ask for is written in another order`, paths)]
      : []),
  ];
}
