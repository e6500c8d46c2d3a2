import type { Change } from '../variant';

export const change: Change = {
  what: 'LiteLLM gets a newer version, PostgreSQL a newer major, and one pinned image floats',
  pinned: { seed: 'busybox:latest' },
  settings: (yaml) => yaml.replace('litellm:v1.104.2', 'litellm:v1.109.1').replace('postgres:17.6', 'postgres:18.1'),
};
