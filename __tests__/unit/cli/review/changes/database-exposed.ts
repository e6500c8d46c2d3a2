import type { Change } from '../variant';

export const change: Change = {
  what: 'the key-provisioner connects to the database, whose network gets a way out',
  workloads: (workloads) => {
    workloads.find(({ name }) => name === 'key-provisioner')?.connects.push({ to: 'postgres', port: 5432 });
  },
  platform: (stack) => stack.addOverride('resource.docker_network.database.internal', false),
};
