import type { Change } from '../variant';

export const change: Change = {
  what: "nothing but PostgreSQL's patch version changes: the container is replaced all the same",
  settings: (yaml) => yaml.replace('postgres:17.6', 'postgres:17.7'),
};
