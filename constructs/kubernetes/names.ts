import { kubernetesNames } from '../../settings/kubernetes';
import type { Settings } from '../../settings/schema';
import type { Workload } from '../../workloads/workload';
import { type DoorNames, door } from '../../workspace/door';

/** How a pod finds others. HAProxy looks names up whole, so they are written out. */
export const doorNames = (settings: Settings): DoorNames => ({
  workload: (workload) =>
    `${workload}.${kubernetesNames(settings).namespace}.svc.${settings.kubernetes.cluster_domain}`,
  thisHost: 'localhost',
  nameserver: 'resolv.conf',
});

/** One door for all workspaces: a policy of Kubernetes knows ports, not paths, so it cannot take the door's place. */
export const sharedDoor = (settings: Settings): Workload => ({
  ...door(settings, doorNames(settings), { connections: 8192, concurrency: 2048, largeAtOnce: 64 }),
  memoryMb: 512,
});
