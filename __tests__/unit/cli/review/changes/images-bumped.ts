import type { Change } from '../change';

export const change: Change = {
  what: 'LiteLLM gets a newer version, PostgreSQL a newer major, and one image floats',
  apply: (draft) => {
    const images = draft.platform.resource['docker_image'] as Record<string, Record<string, unknown>>;
    Object.assign(images['litellm'] as object, { name: 'ghcr.io/berriai/litellm-non_root:v1.109.1' });
    Object.assign(images['postgres'] as object, { name: 'postgres:18.1-bookworm' });
    Object.assign(images['seed'] as object, { name: 'busybox:latest' });
  },
};
