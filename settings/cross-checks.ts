import { PROVIDERS } from '../catalog/model';
import { isLoopback, masked } from '../catalog/urls';
import { durationSeconds } from '../images/key-provisioner/src/keys/duration';
import { PORTS } from './ports';
import type { SettingsProblem } from './problems';
import { regionProblems } from './regions';
import { SCOPES, type Settings } from './schema';
import { enabledNames, modelsWithoutProvider } from './served-models';
import { targetProblems } from './target-checks';

/** A problem between several fields. */
export interface CrossProblem extends SettingsProblem {
  /** Paths it follows from: where one of them is wrong by itself, this problem may be none. */
  readonly from: readonly string[];
}

/** Where the platform that settings are for runs. */
export interface Surroundings {
  /**
   * As processes of this machine instead of containers, as the demo does: localhost is then what it says.
   * @default false
   */
  readonly localProcesses?: boolean;
}

/** What one field alone cannot tell. */
export const crossChecks = (settings: Settings, { localProcesses = false }: Surroundings = {}): CrossProblem[] => [
  ...modelProblems(settings),
  ...regionProblems(settings),
  ...portProblems(settings),
  ...retentionProblems(settings),
  ...coderProblems(settings),
  ...(localProcesses ? [] : loopbackProblems(settings)),
  ...(localProcesses ? [] : targetProblems(settings)),
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
  const policies = SCOPES.flatMap((scope) => {
    const policy = settings.policies[scope];
    if (policy.models === 'all') return [];
    if (policy.models.some((name) => enabled.includes(name))) return [];
    const path = `policies.${scope}.models`;
    return [
      { path, from: [...from, path], message: `none of its models is served: ${policy.models.map(why).join('; ')}` },
    ];
  });
  return [...uses, ...policies];
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

/** What was spent in a budget's window must stay provable until the window ends. */
function retentionProblems({ litellm, policies: { contact: _contact, ...policies } }: Settings): CrossProblem[] {
  const path = 'litellm.spend_logs_retention';
  const kept = durationSeconds(litellm.spend_logs_retention);
  return Object.entries(policies).flatMap(([scope, { budget_duration: window }]) => {
    if (durationSeconds(window) <= kept) return [];
    const from = [path, `policies.${scope}.budget_duration`];
    const message = `found "${litellm.spend_logs_retention}", which is shorter than the window of policies.${scope}, ${window}; keep the records for at least as long`;
    return [{ path, from, message }];
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

/** Addresses that a container would look for in itself. */
function loopbackProblems({ coder, providers }: Settings): CrossProblem[] {
  const problem = (path: string, url: string | undefined, who: string, fix: string) =>
    url !== undefined && isLoopback(url)
      ? [
          {
            path,
            from: [path],
            message: `found "${masked(url)}", but ${who} runs in a container, where that is the container itself; ${fix}`,
          },
        ]
      : [];
  const address = 'write an address of this host that containers reach, such as http://192.0.2.10:PORT';
  const ownServer = coder.server
    ? `, or leave it out: containers then reach the platform's own Coder at http://coder:${PORTS.coder}`
    : '';
  return [
    ...problem('coder.url', coder.url, 'the key-provisioner, which asks Coder there,', `${address}${ownServer}`),
    ...PROVIDERS.flatMap((name) =>
      problem(
        `providers.${name}.api_base`,
        providers[name].api_base,
        'LiteLLM, which asks the provider there,',
        address,
      ),
    ),
  ];
}

const list = (words: readonly string[]) => words.join(', ');
