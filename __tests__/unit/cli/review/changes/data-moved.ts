import type { Change } from '../variant';

export const change: Change = {
  what: 'the deployment is renamed, so that the database starts empty; the plan says what is replaced',
  plan: {
    format_version: '1.2',
    resource_changes: [
      {
        address: 'docker_container.postgres',
        type: 'docker_container',
        change: { actions: ['delete', 'create'], replace_paths: [['name'], ['volumes']] },
      },
      { address: 'docker_volume.litellm_files', type: 'docker_volume', change: { actions: ['delete', 'create'] } },
      { address: 'docker_image.litellm', type: 'docker_image', change: { actions: ['no-op'] } },
    ],
  },
  settings: (yaml) => yaml.replace('name: ai-gateway', 'name: gateway'),
};
