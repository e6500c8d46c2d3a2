import type { DeployedModel } from '../../../deployment/schema';
import { same } from '../changes';
import type { Comparison } from '../comparison';
import { code, type Finding, findingsOf } from '../finding';

const finding = findingsOf('models');

const LIMITS = { context: 'context', output: 'longest answer' } as const;
const ABILITIES = {
  tools: 'call tools, so no agent can work with it',
  vision: 'see pictures',
  promptCaching: 'cache prompts',
  reasoning: 'think before it answers',
} as const;

/** What a model can do and how long it is served. */
export function compareTraits(name: string, old: DeployedModel, now: DeployedModel, comparison: Comparison): Finding[] {
  return [
    ...limits(name, old, now, comparison),
    ...abilities(name, old, now, comparison),
    ...parameters(name, old, now, comparison),
    ...lifecycle(name, old, now, comparison),
    ...family(name, old, now),
  ];
}

function limits(name: string, old: DeployedModel, now: DeployedModel, comparison: Comparison): Finding[] {
  return (['context', 'output'] as const).flatMap((kind) => {
    const [was, is] = [old.limits[kind], now.limits[kind]];
    if (was === is) return [];
    const paths = [
      ['models', name, 'limits', kind],
      ...comparison.paths('models', name, 'deployments', '*', 'limits', kind),
      ...(kind === 'output' ? comparison.paths('models', name, 'deployments', '*', 'parameters', 'max_tokens') : []),
    ];
    const subject = `the ${LIMITS[kind]} of ${code(name)}`;
    return [
      is < was
        ? finding(
            'medium',
            'limits',
            `${subject} shrinks from ${was} to ${is} tokens: requests that fit until now are refused`,
            paths,
          )
        : finding('info', 'limits', `${subject} grows from ${was} to ${is} tokens`, paths),
    ];
  });
}

function abilities(name: string, old: DeployedModel, now: DeployedModel, comparison: Comparison): Finding[] {
  const has = ({ deployments }: DeployedModel, ability: keyof typeof ABILITIES) =>
    deployments.every((route) => route.abilities[ability]);
  return (Object.keys(ABILITIES) as (keyof typeof ABILITIES)[]).flatMap((ability) => {
    if (has(old, ability) === has(now, ability)) return [];
    const paths = comparison.paths('models', name, 'deployments', '*', 'abilities', ability);
    return [
      has(old, ability)
        ? finding('medium', 'abilities', `${code(name)} can no longer ${ABILITIES[ability]}`, paths)
        : finding('info', 'abilities', `${code(name)} can ${ABILITIES[ability].split(',')[0]}`, paths),
    ];
  });
}

function parameters(name: string, old: DeployedModel, now: DeployedModel, comparison: Comparison): Finding[] {
  const dropped = ({ deployments }: DeployedModel) => [
    ...new Set(deployments.flatMap((route) => route.unsupportedParameters)),
  ];
  const paths = comparison.paths('models', name, 'deployments', '*', 'unsupportedParameters');
  const gained = dropped(now).filter((parameter) => !dropped(old).includes(parameter));
  const lost = dropped(old).filter((parameter) => !dropped(now).includes(parameter));
  return [
    ...(gained.length > 0
      ? [finding('low', 'parameters', `LiteLLM drops ${code(...gained)} from requests to ${code(name)}`, paths)]
      : []),
    ...(lost.length > 0
      ? [finding('low', 'parameters', `${code(name)} is sent ${code(...lost)} of a request again`, paths)]
      : []),
  ];
}

function lifecycle(
  name: string,
  { lifecycle: old }: DeployedModel,
  { lifecycle: now }: DeployedModel,
  comparison: Comparison,
): Finding[] {
  if (same(old, now)) return [];
  const paths = comparison.paths('models', name, 'lifecycle');
  const successor = now.successor ? ` by ${code(now.successor)}` : '';
  if (old.state !== now.state) {
    const words = {
      active: 'is active again',
      deprecated: `is deprecated: its provider retires it on ${now.retires ?? 'a day that is not given'}, and it is answered${successor} then`,
      retired: `is retired: it is answered${successor} now`,
    }[now.state];
    return [finding(now.state === 'active' ? 'info' : 'medium', 'lifecycle', `${code(name)} ${words}`, paths)];
  }
  const dates = (['notBefore', 'retires', 'since', 'successor'] as const).filter((field) => old[field] !== now[field]);
  const words = {
    notBefore: 'is served at least until',
    retires: 'retires on',
    since: 'is retired since',
    successor: 'has the successor',
  };
  return [
    finding(
      'low',
      'lifecycle',
      `${code(name)} ${dates.map((field) => `${words[field]} ${code(now[field] ?? 'nothing')} instead of ${code(old[field] ?? 'nothing')}`).join(', ')}`,
      paths,
    ),
  ];
}

function family(name: string, { family: old }: DeployedModel, { family: now }: DeployedModel): Finding[] {
  if (same(old, now)) return [];
  const text = (of: DeployedModel['family']) => (of ? code(`${of.name} ${of.version.join('.')}`) : 'no family');
  return [
    finding(
      'low',
      'family',
      `${code(name)} counts as ${text(now)} instead of ${text(old)}: an agent's alias such as ${code('sonnet')} may mean another model`,
      [['models', name, 'family']],
    ),
  ];
}
