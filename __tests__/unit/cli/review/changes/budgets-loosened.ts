import type { Change } from '../variant';

export const change: Change = {
  what: 'budgets of workspaces and people are raised, where the number of keys is known',
  keys: { workspace: 40, person: 25 },
  settings: (yaml) =>
    yaml
      .replace(
        'workspace: { max_budget: 10, rpm_limit: 60 }',
        'workspace: { max_budget: 25, budget_duration: 7d, rpm_limit: 120 }',
      )
      .replace('max_budget: 40', 'max_budget: 60'),
};
