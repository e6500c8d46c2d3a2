import type { Change } from '../change';

export const change: Change = {
  what: 'a change of comments and tests only',
  apply: () => {},
};
