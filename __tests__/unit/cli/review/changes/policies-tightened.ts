import type { Change } from '../variant';

export const change: Change = {
  what: 'agents get less money, keys that end sooner and fewer models',
  keys: { 'agent:write': 1 },
  settings: (yaml) =>
    yaml.replace(
      'agent:write: { max_budget: 30, duration: 365d }',
      'agent:write: { max_budget: 10, duration: 90d, models: [claude-sonnet-4-5, claude-sonnet-5-5, claude-haiku-4-5] }',
    ),
};
