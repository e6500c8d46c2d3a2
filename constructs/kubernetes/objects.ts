import { KubeNamespace } from 'cdk8s-plus-32/lib/imports/k8s';
import { kubernetesNames } from '../../settings/kubernetes';
import type { Settings } from '../../settings/schema';
import type { Workload } from '../../workloads/workload';
import { labels } from './labels';
import type { Manifest } from './manifest';
import { MIGRATION, MIGRATION_CONNECTS, migrationObjects, waitForMigration, withoutMigration } from './migration';
import { sharedDoor } from './names';
import { type Endpoint, platformPolicies } from './network-policies';
import { RESTRICTED } from './security';
import { workloadObjects } from './workload';
import { workspacePolicies } from './workspace-policies';

/** A group of objects; a later one needs the earlier ones. */
export interface ObjectGroup {
  readonly name: 'namespaces' | 'policies' | 'database' | 'migration' | 'workloads';
  readonly objects: readonly Manifest[];
}

/**
 * Every object of a deployment on Kubernetes. No secret is among them: they name a Secret that `gateway secrets push`, or
 * something else, keeps.
 *
 * @param workloads - what the platform runs, without the door
 */
export function platformObjects(settings: Settings, workloads: readonly Workload[]): ObjectGroup[] {
  const { namespace, workspacesNamespace } = kubernetesNames(settings);
  const { replicas } = settings.kubernetes;
  const litellm = workloads.find(({ name }) => name === 'litellm');
  if (!litellm) throw new Error('LiteLLM is not among the workloads');
  const served = [...workloads.filter(({ persistent }) => persistent.length === 0), sharedDoor(settings)];
  const databases = workloads.filter(({ persistent }) => persistent.length > 0);
  const counts: Readonly<Record<string, number>> = { ...replicas, 'key-provisioner': replicas.key_provisioner };
  return [
    {
      name: 'namespaces',
      objects: [namespace, workspacesNamespace].map((name) =>
        KubeNamespace.manifest({ metadata: { name, labels: { ...labels(settings, name), ...RESTRICTED } } }),
      ),
    },
    {
      name: 'policies',
      objects: [
        ...platformPolicies([...[...workloads, sharedDoor(settings)].map(endpoint), MIGRATION_ENDPOINT], settings),
        ...workspacePolicies(settings),
      ],
    },
    {
      name: 'database',
      objects: databases.flatMap((workload) => workloadObjects({ settings, workload, replicas: 1 })),
    },
    { name: 'migration', objects: migrationObjects(litellm, settings) },
    {
      name: 'workloads',
      objects: served.flatMap((workload) =>
        workloadObjects({
          settings,
          replicas: counts[workload.name] ?? 1,
          ...(workload === litellm
            ? { workload: withoutMigration(litellm), initContainers: [waitForMigration(litellm, settings)] }
            : { workload }),
        }),
      ),
    },
  ];
}

const endpoint = ({ name, connects, ports, published }: Workload): Endpoint => ({
  name,
  connects,
  ports,
  published: published.length > 0,
});

const MIGRATION_ENDPOINT: Endpoint = { name: MIGRATION, connects: MIGRATION_CONNECTS, ports: [], published: false };
