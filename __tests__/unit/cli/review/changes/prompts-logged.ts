import type { Change } from '../change';

export const change: Change = {
  what: 'prompts are logged, requests pass without the database, keys of deleted workspaces stay',
  apply: (draft) => {
    draft.proxy.litellm_settings['turn_off_message_logging'] = false;
    draft.proxy.general_settings['allow_requests_on_db_unavailable'] = true;
    draft.gateway.reconcile_interval_s = 0;
  },
};
