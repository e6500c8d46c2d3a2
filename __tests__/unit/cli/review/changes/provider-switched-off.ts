import type { Change } from '../variant';

export const change: Change = {
  what: 'Bedrock is switched off, and with it the only optional secret: the environment is a plain list now',
  settings: (yaml) =>
    yaml.replace('bedrock: { credentials: variable, region: us-east-1 }', 'bedrock: { credentials: off }'),
};
