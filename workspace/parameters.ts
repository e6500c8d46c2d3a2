import { startingModels } from '../litellm-config/outside-policies';
import { SettingsError } from '../settings/load';
import type { Settings } from '../settings/schema';
import { policyModels, servedModels } from '../settings/served-models';

/** One question of the form in which a person creates or changes a workspace. */
export interface WorkspaceParameter {
  /** Name in Terraform and in Coder's API. */
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly type: 'string' | 'number';
  /**
   * What an empty form says. An optional text is `''`.
   * @default - the person must answer
   */
  readonly default?: string;
  /** Whether it may change after the workspace was created. */
  readonly mutable: boolean;
  /** @default - free text */
  readonly options?: readonly ParameterOption[];
  /**
   * Shown as dots. The value still lies in Coder's database, readable for template administrators.
   * @default false
   */
  readonly masked?: boolean;
  /** Path of an icon that Coder brings. */
  readonly icon: string;
}

export interface ParameterOption {
  readonly value: string;
  readonly name: string;
  readonly description?: string;
}

export const PARAMETER_NAMES = [
  'cpu',
  'memory',
  'disk',
  'ai_assistant',
  'ai_model',
  'ai_api_key',
  'git_repository',
  'git_username',
  'git_password',
  'dotfiles',
] as const;
export type ParameterName = (typeof PARAMETER_NAMES)[number];

/** Choices of the parameter `ai_assistant` and the agents each one configures, in the words of the key-provisioner. */
export function assistants(settings: Settings): { option: ParameterOption; agents: readonly string[] }[] {
  const { agents, roo_extension } = settings.workspace;
  const roo = roo_extension === 'zoo-code' ? 'Zoo Code' : 'Roo Code';
  const titles: Record<(typeof agents)[number], string> = {
    'roo-code': roo,
    opencode: 'OpenCode',
    'claude-code': 'Claude Code',
    codex: 'Codex',
    cline: 'Cline',
    'kilo-code': 'Kilo Code',
    copilot: 'GitHub Copilot CLI',
    continue: 'Continue',
    aider: 'aider',
  };
  const id = (agent: (typeof agents)[number]) => (agent === 'roo-code' ? roo_extension : agent);
  const single = agents.map((agent) => ({ option: { value: agent, name: titles[agent] }, agents: [id(agent)] }));
  const both =
    agents.includes('roo-code') && agents.includes('opencode')
      ? [{ option: { value: 'both', name: `${roo} and OpenCode` }, agents: [roo_extension, 'opencode'] }]
      : [];
  const none = { option: { value: 'none', name: 'None', description: 'No agent is configured.' }, agents: [] };
  return [...both, ...single, none];
}

/** The form of a workspace: what this deployment's agents and models allow. */
export function workspaceParameters(settings: Settings): readonly (WorkspaceParameter & { name: ParameterName })[] {
  const choices = assistants(settings).map(({ option }) => option);
  const models = modelOptions(settings);
  const optional = { type: 'string', default: '', mutable: true } as const;
  return [
    {
      name: 'cpu',
      displayName: 'CPU',
      description: 'Processor cores, a hard limit.',
      type: 'number',
      default: '2',
      mutable: true,
      options: ['2', '4'].map((value) => ({ value, name: `${value} cores` })),
      icon: '/icon/memory.svg',
    },
    {
      name: 'memory',
      displayName: 'Memory',
      description: 'Memory, a hard limit; there is no swap beyond it.',
      type: 'number',
      default: '4',
      mutable: true,
      options: ['4', '8'].map((value) => ({ value, name: `${value} GB` })),
      icon: '/icon/memory.svg',
    },
    {
      name: 'disk',
      displayName: 'Disk',
      description: 'Size of the home directory; a hard limit where the host supports quotas, else watched and shown.',
      type: 'number',
      default: '20',
      // A volume cannot be resized in place.
      mutable: false,
      options: ['10', '20', '50'].map((value) => ({ value, name: `${value} GB` })),
      icon: '/icon/database.svg',
    },
    {
      name: 'ai_assistant',
      displayName: 'AI assistant',
      description: 'Which agents are set up at start.',
      type: 'string',
      default: choices[0]?.value ?? 'none',
      mutable: true,
      options: choices,
      icon: '/icon/widgets.svg',
    },
    {
      name: 'ai_model',
      displayName: 'AI model',
      description: 'The model the agents begin with; a change takes effect at the next start.',
      type: 'string',
      // Synth says so where it is not `models.default`.
      default: startingModels(settings)?.default.name ?? '',
      mutable: true,
      options: models,
      icon: '/icon/claude.svg',
    },
    {
      ...optional,
      name: 'ai_api_key',
      displayName: 'Own AI API key',
      description: 'Empty: the workspace gets its own key. Otherwise a key of this gateway that is used instead.',
      masked: true,
      icon: '/icon/lock.svg',
    },
    {
      ...optional,
      name: 'git_repository',
      displayName: 'Git repository',
      description: 'Cloned into the home directory at the first start.',
      icon: '/icon/git.svg',
    },
    {
      ...optional,
      name: 'git_username',
      displayName: 'Git user name',
      description: "For the repository's server.",
      icon: '/icon/git.svg',
    },
    {
      ...optional,
      name: 'git_password',
      displayName: 'Git password or token',
      description: "For the repository's server.",
      masked: true,
      icon: '/icon/lock.svg',
    },
    {
      ...optional,
      name: 'dotfiles',
      displayName: 'Dotfiles repository',
      description: 'Applied at each start.',
      icon: '/icon/dotfiles.svg',
    },
  ];
}

/** Models a workspace's key may ask for. */
function modelOptions(settings: Settings): ParameterOption[] {
  const allowed = policyModels(settings.policies.workspace.models, settings);
  const options = servedModels(settings)
    .filter(({ name }) => allowed.includes(name))
    .map(({ name, title, use, routes }) => ({
      value: name,
      name: title,
      description: routes[0].entry === name ? use : `${use}; answered by ${routes[0].entry}`,
    }));
  if (options.length > 0) return options;
  const found = JSON.stringify(settings.policies.workspace.models);
  throw new SettingsError('gateway.yaml', [
    {
      path: 'policies.workspace.models',
      message: `${found} leaves no model for workspaces: this deployment serves none of them; switch a provider on (providers.*.credentials), or name a model that is served`,
    },
  ]);
}
