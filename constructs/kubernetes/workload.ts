import {
  type Container,
  IntOrString,
  KubeConfigMap,
  KubeDeployment,
  KubePodDisruptionBudget,
  KubeService,
  KubeServiceAccount,
  KubeStatefulSet,
  Quantity,
} from 'cdk8s-plus-32/lib/imports/k8s';
import { kubernetesNames } from '../../settings/kubernetes';
import type { Settings } from '../../settings/schema';
import type { PersistentDirectory, Workload } from '../../workloads/workload';
import { labels, selectorLabels } from './labels';
import type { Manifest } from './manifest';
import { filesName, podOf, portName } from './pod';

/** A rollout without a sign of progress for this long has failed. */
const PROGRESS_SECONDS = 600;

export interface WorkloadProps {
  readonly settings: Settings;
  readonly workload: Workload;
  readonly replicas: number;
  /** Containers that have to end before the workload's own starts. @default - none */
  readonly initContainers?: readonly Container[];
}

/** Everything that one workload is made of, except who may reach it (`network-policies.ts`). */
export function workloadObjects(props: WorkloadProps): Manifest[] {
  return [
    KubeServiceAccount.manifest({ metadata: metadata(props), automountServiceAccountToken: false }),
    ...filesOf(props),
    ...serviceOf(props),
    props.workload.persistent.length > 0 ? statefulSet(props) : deployment(props),
    KubePodDisruptionBudget.manifest({
      metadata: metadata(props),
      spec: {
        // One at a time; a single replica must not keep a node from being emptied.
        maxUnavailable: IntOrString.fromNumber(1),
        selector: { matchLabels: selectorLabels(props.settings, props.workload.name) },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    }),
  ];
}

const metadata = ({ settings, workload }: WorkloadProps, name: string = workload.name) => ({
  name,
  namespace: kubernetesNames(settings).namespace,
  labels: labels(settings, workload.name),
});

function filesOf(props: WorkloadProps): Manifest[] {
  const { files, name } = props.workload;
  if (!files) return [];
  const data = Object.fromEntries(files.files.map((file) => [file.name, file.content]));
  return [KubeConfigMap.manifest({ metadata: metadata(props, filesName(name)), data })];
}

function serviceOf(props: WorkloadProps): Manifest[] {
  const { settings, workload } = props;
  if (workload.ports.length === 0) return [];
  return [
    KubeService.manifest({
      metadata: metadata(props),
      spec: {
        type: workload.published.length > 0 ? settings.kubernetes.service.type : 'ClusterIP',
        selector: selectorLabels(settings, workload.name),
        ports: workload.ports.map(({ name, port }) => ({
          name: portName(name),
          port,
          targetPort: IntOrString.fromNumber(port),
          protocol: 'TCP',
        })),
      },
    }),
  ];
}

const deployment = (props: WorkloadProps): Manifest =>
  KubeDeployment.manifest({
    metadata: metadata(props),
    spec: {
      replicas: props.replicas,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: PROGRESS_SECONDS,
      // A new pod serves before an old one ends.
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: IntOrString.fromNumber(1), maxUnavailable: IntOrString.fromNumber(0) },
      },
      selector: { matchLabels: selectorLabels(props.settings, props.workload.name) },
      template: podOf(props.workload, props.settings, props.initContainers),
    },
  });

function statefulSet(props: WorkloadProps): Manifest {
  const { settings, workload } = props;
  return KubeStatefulSet.manifest({
    metadata: metadata(props),
    spec: {
      serviceName: workload.name,
      replicas: props.replicas,
      revisionHistoryLimit: 3,
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: settings.volumes.keep_on_destroy ? 'Retain' : 'Delete',
        whenScaled: 'Retain',
      },
      selector: { matchLabels: selectorLabels(settings, workload.name) },
      template: podOf(workload, settings, props.initContainers),
      volumeClaimTemplates: workload.persistent.map((directory) => claim(directory, props)),
    },
  });
}

function claim({ name, sizeGb }: PersistentDirectory, { settings, workload }: WorkloadProps) {
  if (typeof sizeGb !== 'number') throw new Error(`the size of ${name} depends on a workspace`);
  const { class: storageClassName } = settings.kubernetes.storage;
  return {
    // Written out: the API server adds both to what it stores.
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, labels: selectorLabels(settings, workload.name) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(storageClassName ? { storageClassName } : {}),
      resources: { requests: { storage: Quantity.fromString(`${sizeGb}Gi`) } },
    },
  };
}
