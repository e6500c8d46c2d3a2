import type { Change } from '../variant';

export const change: Change = {
  what: 'the key-provisioner is put on the database network, which gets a way out',
  workloads: (workloads) => {
    workloads.find(({ name }) => name === 'key-provisioner')?.networks.push('database');
  },
  platform: (stack) => stack.addOverride('resource.docker_network.database.internal', false),
};
