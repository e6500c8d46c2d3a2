import type { Change } from '../variant';

export const change: Change = {
  what: 'sealed workspaces get a way to the internet',
  base: { settings: (yaml) => `${yaml}coder: { url: https://coder.example.com }\nworkspace: { egress: none }\n` },
  settings: (yaml) => `${yaml}coder: { url: https://coder.example.com }\n`,
};
