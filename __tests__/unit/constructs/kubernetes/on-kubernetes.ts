import type { Manifest } from '../../../../constructs/kubernetes/manifest';
import { platformObjects } from '../../../../constructs/kubernetes/objects';
import { gatewaySettings } from '../../../../settings/gateway-settings';
import type { Settings, SettingsInput } from '../../../../settings/schema';
import { platformWorkloads } from '../../../../workloads/platform';

/** Settings of a deployment on a cluster. */
export const onKubernetes = (input: SettingsInput = {}): Settings =>
  gatewaySettings({
    target: 'kubernetes',
    providers: { anthropic: { credentials: 'variable' }, bedrock: { credentials: 'variable', region: 'us-east-1' } },
    coder: { url: 'http://coder.coder.svc.cluster.local', confirm_workspaces: true },
    ...input,
    images: {
      key_provisioner: 'registry.example.com/key-provisioner:1.2.3',
      workspace: 'registry.example.com/workspace:1.2.3',
      ...input.images,
    },
  });

/** Every object of the platform. */
export const objectsOf = (settings: Settings): Manifest[] =>
  platformObjects(settings, platformWorkloads(settings)).flatMap(({ objects }) => objects);

/** A field deep inside an object, looked up without types. */
// biome-ignore lint/suspicious/noExplicitAny: objects of many kinds
export type Loose = any;

export interface Pod {
  readonly owner: string;
  readonly metadata: Loose;
  readonly spec: Loose;
}

/** The pods of Deployments, StatefulSets and Jobs. */
export const podsOf = (objects: readonly Manifest[]): Pod[] =>
  objects
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind))
    .map((object: Loose) => ({
      owner: `${object.kind} ${object.metadata.name.replace(/-[0-9a-f]{12}$/, '')}`,
      metadata: object.spec.template.metadata,
      spec: object.spec.template.spec,
    }));

export const containersOf = ({ spec }: Pod): Loose[] => [...(spec.initContainers ?? []), ...spec.containers];

export const find = (objects: readonly Manifest[], kind: string, name: string, namespace?: string): Loose =>
  objects.find(
    ({ kind: each, metadata }) =>
      each === kind && metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
  );
