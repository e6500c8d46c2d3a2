import { enabledNames, modelsWithoutProvider } from '../litellm-config/resolve';
import type { SettingsProblem } from './problems';
import type { Settings } from './schema';

/** A problem between several fields. */
export interface CrossProblem extends SettingsProblem {
  /** Paths it follows from: where one of them is wrong by itself, this problem may be none. */
  readonly from: readonly string[];
}

/** What one field alone cannot tell. */
export const crossChecks = (settings: Settings): CrossProblem[] => [
  ...modelProblems(settings),
  ...regionProblems(settings),
  ...portProblems(settings),
  ...coderProblems(settings),
];

function modelProblems(settings: Settings): CrossProblem[] {
  const enabled = enabledNames(settings);
  const from = ['providers', 'models.enabled'];
  if (enabled.length === 0) {
    return [
      {
        path: 'providers',
        from,
        message:
          'no model is left: every provider of the enabled models is off; switch one on, for example providers.anthropic.credentials: variable',
      },
    ];
  }
  const off = new Map(modelsWithoutProvider(settings).map(({ name, provider }) => [name, provider]));
  const why = (name: string) => {
    const provider = off.get(name);
    return provider
      ? `"${name}" is served by ${provider}, which is off; set providers.${provider}.credentials, or choose one of ${list(enabled)}`
      : `"${name}" is not among models.enabled; enable it, or choose one of ${list(enabled)}`;
  };
  const uses = (['default', 'small'] as const).flatMap((use) => {
    const path = `models.${use}`;
    const name = settings.models[use];
    return enabled.includes(name) ? [] : [{ path, from: [...from, path], message: why(name) }];
  });
  const policies = Object.entries(settings.policies).flatMap(([scope, policy]) => {
    if (!('models' in policy) || policy.models === 'all') return [];
    if (policy.models.some((name) => enabled.includes(name))) return [];
    const path = `policies.${scope}.models`;
    return [
      { path, from: [...from, path], message: `none of its models is served: ${policy.models.map(why).join('; ')}` },
    ];
  });
  return [...uses, ...policies];
}

function regionProblems({ providers }: Settings): CrossProblem[] {
  const examples = { bedrock: 'an AWS region, for example us-east-1', vertex_ai: 'a region, for example us-east5' };
  return (['bedrock', 'vertex_ai'] as const)
    .filter((name) => providers[name].credentials !== 'off' && !providers[name].region)
    .map((name) => ({
      path: `providers.${name}.region`,
      from: [`providers.${name}`],
      message: `is missing; name ${examples[name]}`,
    }));
}

function portProblems({ litellm, key_provisioner, coder }: Settings): CrossProblem[] {
  const ports: [string, number][] = [
    ['litellm.port', litellm.port],
    ['key_provisioner.port', key_provisioner.port],
    ...(coder.server ? ([['coder.port', coder.port]] as [string, number][]) : []),
  ];
  return ports.flatMap(([path, port], index) => {
    const twin = ports.slice(0, index).find(([, other]) => other === port);
    if (!twin) return [];
    const message = `found ${port}, which ${twin[0]} uses too; give each its own port`;
    return [{ path, from: [path, twin[0], 'coder.server'], message }];
  });
}

function coderProblems({ coder, workspace }: Settings): CrossProblem[] {
  if (coder.url || coder.server) return [];
  const from = ['coder', 'workspace.egress'];
  return [
    ...(workspace.egress === 'none'
      ? ['is missing; with workspace.egress none, workspaces reach Coder through their door, which needs its address']
      : []),
    ...(coder.confirm_workspaces ? ['is missing; confirm_workspaces needs the address of Coder'] : []),
  ].map((message) => ({ path: 'coder.url', from, message }));
}

const list = (words: readonly string[]) => words.join(', ');
