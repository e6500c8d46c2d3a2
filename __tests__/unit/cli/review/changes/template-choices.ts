import type { Change } from '../variant';

export const change: Change = {
  what: 'workspaces lose two agents and a model, and gain another agent',
  settings: (yaml) =>
    `${yaml.replace('rpm_limit: 60 }', 'rpm_limit: 60, models: [claude-sonnet-4-5, claude-haiku-4-5] }')}workspace: { agents: [claude-code, codex] }\n`,
  base: {
    settings: (yaml) =>
      yaml.replace(
        'rpm_limit: 60 }',
        'rpm_limit: 60, models: [claude-sonnet-4-5, claude-haiku-4-5, claude-opus-5-5] }',
      ),
  },
};
