import { code, type Finding, findingsOf } from './finding';
import { compareKeys, type Synthesized, same } from './synthesized';

type Route = Synthesized['proxy']['model_list'][number];

const finding = findingsOf('models');

/** LiteLLM's price fields in people's words; USD per token there, per million here. */
const PRICES = {
  input_cost_per_token: 'input',
  output_cost_per_token: 'output',
  cache_creation_input_token_cost: 'cache write',
  cache_read_input_token_cost: 'cache read',
} as const;

/** Models added, removed, repriced, re-routed, and what they can do no longer. */
export function compareModels(before: Synthesized, after: Synthesized): Finding[] {
  const { added, removed, both } = compareKeys(byName(before), byName(after));
  return [
    ...removed.map(([name]) =>
      finding('high', `${code(name)} is removed: whoever asks for it is refused with 400${usedAs(name, before)}`),
    ),
    ...added.map(([name, routes]) =>
      finding(
        'low',
        `${code(name)} is new, served by ${route(routes[0])} at ${pricesOf(routes[0])} per million tokens${openTo(name, after)}`,
      ),
    ),
    ...added
      .filter(([, routes]) => !priced(routes))
      .map(([name]) => finding('high', `${code(name)} has no price: what it costs counts towards no budget`)),
    ...both.flatMap(([name, old, now]) => [
      ...rerouted(name, old, now),
      ...repriced(name, old, now),
      ...abilities(name, old, now),
    ]),
    ...chosen(before, after),
    ...fallbacks(before, after),
  ];
}

function byName({ proxy }: Synthesized): Map<string, Route[]> {
  const groups = new Map<string, Route[]>();
  for (const entry of proxy.model_list) groups.set(entry.model_name, [...(groups.get(entry.model_name) ?? []), entry]);
  for (const routes of groups.values()) routes.sort((a, b) => orderOf(a) - orderOf(b));
  return groups;
}

const orderOf = (entry: Route) => Number(entry.litellm_params['order'] ?? 1);
const target = (entry: Route | undefined) => String(entry?.litellm_params['model'] ?? 'nothing');
const route = (entry: Route | undefined) => code(target(entry));
const provider = (entry: Route | undefined) => target(entry).split('/')[0];
const million = (entry: Route | undefined, field: string) =>
  Math.round(Number(entry?.litellm_params[field] ?? 0) * 1e12) / 1e6;
const pricesOf = (entry: Route | undefined) =>
  `$${million(entry, 'input_cost_per_token')} in, $${million(entry, 'output_cost_per_token')} out`;
const priced = (routes: readonly Route[]) =>
  routes.every((entry) => million(entry, 'input_cost_per_token') > 0 && million(entry, 'output_cost_per_token') > 0);

function rerouted(name: string, old: readonly Route[], now: readonly Route[]): Finding[] {
  const [first, firstNow] = [old[0], now[0]];
  const later = (routes: readonly Route[]) => routes.slice(1).map(target);
  const found: Finding[] = [];
  if (target(first) !== target(firstNow)) {
    const elsewhere = provider(first) !== provider(firstNow);
    found.push(
      finding(
        elsewhere ? 'high' : 'medium',
        `${code(name)} is answered by ${route(firstNow)} instead of ${route(first)}${elsewhere ? `: prompts go to another provider (${provider(firstNow)})` : ''}`,
      ),
    );
  }
  const address = (routes: readonly Route[]) =>
    routes.map((entry) => entry.litellm_params['api_base'] ?? entry.litellm_params['aws_region_name'] ?? '');
  if (target(first) === target(firstNow) && !same(address(old).slice(0, 1), address(now).slice(0, 1))) {
    found.push(
      finding(
        'high',
        `${code(name)} goes to ${code(address(now)[0] || 'the provider’s own address')} instead of ${code(address(old)[0] || 'the provider’s own address')}`,
      ),
    );
  }
  const gained = later(now).filter((to) => !old.some((entry) => target(entry) === to));
  const lost = later(old).filter((to) => !now.some((entry) => target(entry) === to));
  if (gained.length > 0) {
    const providers = new Set(old.map(provider));
    const newProvider = now.slice(1).some((entry) => gained.includes(target(entry)) && !providers.has(provider(entry)));
    found.push(
      finding(
        newProvider ? 'medium' : 'low',
        `${code(name)} fails over to ${code(...gained)}${newProvider ? ', another provider that then sees the prompts' : ''}`,
      ),
    );
  }
  if (lost.length > 0) found.push(finding('medium', `${code(name)} no longer fails over to ${code(...lost)}`));
  return found;
}

function repriced(name: string, old: readonly Route[], now: readonly Route[]): Finding[] {
  return now.flatMap((entry, index) => {
    // A place that is new has no former price; only the first one's change of place is also a change of price.
    const earlier = old.find((other) => target(other) === target(entry)) ?? (index === 0 ? old[0] : undefined);
    if (!earlier) return [];
    const changes = Object.entries(PRICES).flatMap(([field, words]) => {
      const [was, is] = [million(earlier, field), million(entry, field)];
      return was === is ? [] : [{ words, was, is }];
    });
    if (changes.length === 0) return bands(name, earlier, entry);
    const list = changes
      .map(({ words, was, is }) => `${words} $${was} → $${is}${was > 0 ? ` (${percent(was, is)})` : ''}`)
      .join(', ');
    const free = changes.filter(({ is }) => is === 0);
    const dearer = changes.some(({ was, is }) => is > was);
    const doubled = changes.some(({ was, is }) => was > 0 && is >= 2 * was);
    const where = index === 0 ? '' : ` at ${route(entry)}`;
    if (free.length > 0)
      return [
        finding('high', `${code(name)}${where} loses its price (${list}): what it costs counts towards no budget`),
      ];
    return [
      finding(
        doubled ? 'high' : dearer ? 'medium' : 'low',
        `${code(name)}${where} is ${dearer ? 'dearer, so every budget buys less' : 'cheaper'}: ${list} per million tokens`,
      ),
      ...bands(name, earlier, entry),
    ];
  });
}

function bands(name: string, old: Route, now: Route): Finding[] {
  const of = (entry: Route) =>
    Object.fromEntries(Object.entries(entry.litellm_params).filter(([key]) => /_above_\d+k_tokens$/.test(key)));
  return same(of(old), of(now)) ? [] : [finding('medium', `the prices of ${code(name)} for long prompts change`)];
}

const percent = (was: number, is: number) => `${is > was ? '+' : '−'}${Math.round((Math.abs(is - was) / was) * 100)} %`;

function abilities(name: string, old: readonly Route[], now: readonly Route[]): Finding[] {
  const least = (routes: readonly Route[], field: string) =>
    Math.min(...routes.map((entry) => Number(entry.model_info[field] ?? Number.POSITIVE_INFINITY)));
  const found: Finding[] = [];
  for (const [field, words] of [
    ['max_input_tokens', 'context'],
    ['max_output_tokens', 'longest answer'],
  ] as const) {
    const [was, is] = [least(old, field), least(now, field)];
    if (is < was)
      found.push(
        finding(
          'medium',
          `the ${words} of ${code(name)} shrinks from ${was} to ${is} tokens: conversations that fit until now are refused`,
        ),
      );
    if (is > was) found.push(finding('info', `the ${words} of ${code(name)} grows from ${was} to ${is} tokens`));
  }
  for (const [field, words] of [
    ['supports_function_calling', 'call tools, so no agent can work with it'],
    ['supports_vision', 'see pictures'],
    ['supports_prompt_caching', 'cache prompts'],
  ] as const) {
    if (old.every((entry) => entry.model_info[field]) && now.some((entry) => entry.model_info[field] === false)) {
      found.push(finding('medium', `${code(name)} can no longer ${words}`));
    }
  }
  const dropped = (routes: readonly Route[]) =>
    new Set(routes.flatMap((entry) => (entry.litellm_params['additional_drop_params'] ?? []) as string[]));
  const newly = [...dropped(now)].filter((parameter) => !dropped(old).has(parameter));
  if (newly.length > 0) found.push(finding('low', `requests to ${code(name)} lose ${code(...newly)} on the way`));
  return found;
}

function chosen(before: Synthesized, after: Synthesized): Finding[] {
  return (['default_model', 'small_model'] as const).flatMap((which) => {
    const [was, is] = [before.gateway[which], after.gateway[which]];
    if (was === is || !is) return [];
    const words =
      which === 'default_model' ? 'workspaces that chose nothing use' : 'agents write titles and summaries with';
    return [finding('medium', `${words} ${code(is)} instead of ${code(was ?? 'nothing')} from their next start`)];
  });
}

function fallbacks(before: Synthesized, after: Synthesized): Finding[] {
  const of = ({ proxy }: Synthesized) =>
    new Map(
      ((proxy.router_settings['fallbacks'] ?? []) as Record<string, string[]>[]).flatMap((entry) =>
        Object.entries(entry),
      ),
    );
  const { added, removed, both } = compareKeys(of(before), of(after));
  return [
    ...added.map(([name, to]) =>
      finding('medium', `when ${code(name)} fails, ${code(...to)} answers, whatever the key's own list of models says`),
    ),
    ...removed.map(([name]) => finding('low', `no other model answers for ${code(name)} any more when it fails`)),
    ...both
      .filter(([, was, is]) => !same(was, is))
      .map(([name, , is]) => finding('medium', `when ${code(name)} fails, it is now ${code(...is)} that answers`)),
  ];
}

/** Which scopes a model is open to. */
function openTo(name: string, { gateway }: Synthesized): string {
  const scopes = Object.entries(gateway.policies).filter(([, policy]) =>
    (policy['models'] as string[] | undefined)?.includes(name),
  );
  return scopes.length > 0 ? `; open to ${code(...scopes.map(([scope]) => scope))}` : '; open to no kind of key';
}

function usedAs(name: string, { gateway }: Synthesized): string {
  if (gateway.default_model === name) return '; it was the default model';
  return gateway.small_model === name ? '; it was the small model' : '';
}
