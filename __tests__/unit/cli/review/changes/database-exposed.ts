import { type Change, container } from '../change';

export const change: Change = {
  what: 'the key-provisioner is put on the database network, which gets a way out',
  apply: (draft) => {
    container(draft, 'key_provisioner').networks_advanced.push({ name: '${docker_network.database.id}' });
    Object.assign(draft.platform.resource['docker_network']?.['database'] as object, { internal: false });
  },
};
