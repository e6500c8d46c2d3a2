import type { Change } from '../variant';

export const change: Change = {
  what: 'the small model is taken out, for workspaces too',
  settings: (yaml) =>
    yaml
      .replace('small: claude-haiku-4-5', 'small: claude-haiku-5-5')
      .replace(
        'policies:\n',
        'policies:\n  ci: { models: [claude-haiku-5-5] }\n  agent:review: { models: [claude-sonnet-4-5, claude-haiku-5-5] }\n',
      ),
  base: {
    settings: (yaml) =>
      yaml.replace(
        'policies:\n',
        'policies:\n  ci: { models: [claude-haiku-4-5, claude-haiku-5-5] }\n  agent:review: { models: [claude-sonnet-4-5, claude-haiku-4-5, claude-haiku-5-5] }\n',
      ),
  },
  catalog: (models) => {
    models.splice(
      models.findIndex(({ name }) => name === 'claude-haiku-4-5'),
      1,
    );
  },
};
