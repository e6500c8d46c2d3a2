import type { Change } from '../variant';

export const change: Change = {
  what: 'prompts are logged, requests pass without the database, keys of deleted workspaces stay',
  settings: (yaml) => `${yaml}key_provisioner: { reconcile_interval_s: 0 }\n`,
  workloads: (workloads) => {
    for (const file of workloads.find(({ name }) => name === 'litellm')?.files?.files ?? [])
      file.content = file.content
        .replace('turn_off_message_logging: true', 'turn_off_message_logging: false')
        .replace('allow_requests_on_db_unavailable: false', 'allow_requests_on_db_unavailable: true');
  },
};
