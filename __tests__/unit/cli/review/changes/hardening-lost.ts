import { type Change, container } from '../change';

export const change: Change = {
  what: 'somebody made the gateway work by taking its bars away',
  apply: (draft) => {
    const litellm = container(draft, 'litellm');
    Object.assign(litellm, {
      user: 'root',
      read_only: false,
      security_opts: [],
      capabilities: { add: ['CAP_SYS_ADMIN'] },
    });
    delete litellm.memory;
    litellm.volumes.push({ container_path: '/var/run/docker.sock', host_path: '/var/run/docker.sock' });
  },
};
