import type { Change } from '../variant';

export const change: Change = {
  what: 'the default model becomes its successor',
  settings: (yaml) => yaml.replace('default: claude-sonnet-4-5', 'default: claude-sonnet-5-5'),
};
