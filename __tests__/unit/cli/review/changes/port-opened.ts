import { type Change, container } from '../change';

export const change: Change = {
  what: 'the gateway is published on every address of the host',
  apply: (draft) => {
    container(draft, 'litellm').ports = [{ internal: 4000, external: 4000, ip: '0.0.0.0' }];
  },
};
