import type { Change } from '../variant';

export const change: Change = {
  what: 'a change of comments and tests only',
};
