import type { Settings } from '../../settings/schema';
import type { DoorNames } from '../../workspace/door';

/** How a container on a network of Docker's finds others. */
export const dockerNames = ({ name }: Pick<Settings, 'name'>): DoorNames => ({
  workload: (workload) => `${name}-${workload}`,
  thisHost: 'host.docker.internal',
  nameserver: '127.0.0.11:53',
});
