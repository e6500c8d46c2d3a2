import type { Change } from '../variant';

export const change: Change = {
  what: 'the gateway is published on every address of the host',
  settings: (yaml) => yaml.replace('bind: 127.0.0.1', 'bind: 0.0.0.0'),
};
