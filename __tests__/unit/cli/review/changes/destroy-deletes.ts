import type { Change } from '../variant';

export const change: Change = {
  what: 'the database no longer outlives destroy',
  settings: (yaml) => `${yaml}volumes: { keep_on_destroy: false }\n`,
};
