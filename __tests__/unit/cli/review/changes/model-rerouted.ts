import type { Change } from '../variant';

export const change: Change = {
  what: 'a name moves to another provider, and others get a second one to fail over to',
  settings: (yaml) =>
    yaml.replace(
      'models: {',
      'models: { provider_failover: true, enabled: [claude-sonnet-5-5, claude-haiku-4-5, claude-sonnet-4-5],',
    ),
  base: {
    settings: (yaml) =>
      yaml.replace('models: {', 'models: { enabled: [claude-sonnet-5-5, claude-haiku-4-5, claude-sonnet-4-5],'),
  },
  catalog: (models) => {
    models.find(({ name }) => name === 'claude-haiku-4-5')?.deployments.reverse();
  },
};
