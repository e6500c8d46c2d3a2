import type { Change } from '../variant';

export const change: Change = {
  what: 'the database outlives destroy from now on: Terraform lets go of its volume, and nothing is lost',
  base: { settings: (yaml) => `${yaml}volumes: { keep_on_destroy: false }\n` },
};
