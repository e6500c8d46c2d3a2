import type { Settings } from '../settings/schema';
import { type LiteLLMOptions, litellm } from './litellm';
import { EnvValue, type WorkloadName } from './value';
import type { Workload } from './workload';

export type { LiteLLMOptions } from './litellm';

/** The names of all LiteLLM of a deployment. The first is the one that there always is. */
export const replicaNames = ({ litellm: { replicas } }: Settings): [WorkloadName, ...WorkloadName[]] => [
  'litellm',
  ...Array.from({ length: replicas - 1 }, (_, index): WorkloadName => `litellm-${index + 2}`),
];

/**
 * Every LiteLLM of a deployment, in an order in which they can start: `litellm` alone, or `litellm-2` first, which migrates the
 * database, then the others, which do not. None depends on `litellm`, so that `make deploy` can replace the others, one at a
 * time, while it serves.
 */
export function litellmReplicas(settings: Settings, options: LiteLLMOptions = {}): Workload[] {
  const only = litellm(settings, options);
  const [first, migrating, ...more] = replicaNames(settings);
  if (!migrating) return [only];
  const others = [migrating, ...more];
  const replica = (name: WorkloadName, after: readonly WorkloadName[]): Workload => ({
    ...only,
    name,
    service: 'litellm',
    environment:
      name === migrating ? only.environment : { ...only.environment, DISABLE_SCHEMA_UPDATE: EnvValue.literal('true') },
    dependsOn: [...only.dependsOn, ...after],
  });
  return [replica(migrating, []), ...more.map((name) => replica(name, [migrating])), replica(first, others)];
}
