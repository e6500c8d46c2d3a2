import type { Change } from '../variant';

export const change: Change = {
  what: "workspaces may spend more than the cap of their people, which doesn't move",
  keys: { workspace: 3, user: 1, ci: 2, person: 1 },
  settings: (yaml) => yaml.replace('max_budget: 10,', 'max_budget: 100,'),
};
