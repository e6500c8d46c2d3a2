import type { ContainerConfig } from '@cdktf/provider-docker/lib/container';

/** What every container is denied, the platform's and a workspace's alike. */
export const HARDENING = {
  capabilities: { drop: ['ALL'] },
  securityOpts: ['no-new-privileges:true'],
} satisfies Partial<ContainerConfig>;
