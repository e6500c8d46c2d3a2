import type { Change } from '../change';

export const change: Change = {
  what: 'budgets of workspaces and people are raised, where the number of keys is known',
  keys: { workspace: 40, person: 25 },
  apply: ({ gateway: { policies } }) => {
    Object.assign(policies['workspace'] as object, { max_budget: 25, budget_duration: '7d', rpm_limit: 120 });
    Object.assign(policies['person'] as object, { max_budget: 60 });
  },
};
