import {
  type Container,
  type PodSpec,
  type PodTemplateSpec,
  Quantity,
  type ResourceRequirements,
  type Volume,
  type VolumeMount,
} from 'cdk8s-plus-32/lib/imports/k8s';
import { kubernetesNames } from '../../settings/kubernetes';
import type { Settings } from '../../settings/schema';
import type { ImageSource, Workload } from '../../workloads/workload';
import { drain } from './drain';
import { labels, selectorLabels } from './labels';
import { digest } from './manifest';
import { probes } from './probes';
import { containerSecurity, podSecurity } from './security';
import { type PodSurroundings, podEnvironment, podTemplate } from './value';

/** Annotation that changes with a workload's files, so that its pods are replaced. */
export const FILES_ANNOTATION = 'ai-gateway/files';

/** Name of the ConfigMap with a workload's files. */
export const filesName = (workload: string) => `${workload}-files`;

/** Millicores a workload is scheduled with; it takes more where there is more. */
const CPU_REQUEST: Readonly<Record<string, number>> = { litellm: 500, postgres: 250, edge: 250 };
const OTHER_CPU_REQUEST = 100;
/** What a container may write beside its volumes: its log, and files of a writable root. */
const EPHEMERAL_GB = 2;

/** A Deployment's or StatefulSet's template of a workload's pods. */
export function podOf(
  workload: Workload,
  settings: Settings,
  initContainers: readonly Container[] = [],
): PodTemplateSpec {
  const { files } = workload;
  const { lifecycle, terminationGracePeriodSeconds } = drain(workload, settings);
  const container: Container = {
    ...containerOf(workload, settings),
    ...probes(workload),
    ...(lifecycle ? { lifecycle } : {}),
    ports: workload.ports.map(({ name, port }) => ({ name: portName(name), containerPort: port })),
  };
  return {
    metadata: {
      labels: labels(settings, workload.name),
      ...(files ? { annotations: { [FILES_ANNOTATION]: digest(files.files) } } : {}),
    },
    spec: {
      ...podSettings(workload, settings),
      terminationGracePeriodSeconds,
      ...(workload.init ? { shareProcessNamespace: true } : {}),
      topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: selectorLabels(settings, workload.name) },
      })),
      ...(initContainers.length > 0 ? { initContainers: [...initContainers] } : {}),
      containers: [container],
      volumes: volumesOf(workload),
    },
  };
}

/** What every pod of the platform says of itself, whatever runs in it. */
export const podSettings = (workload: Workload, settings: Settings): Omit<PodSpec, 'containers'> => ({
  serviceAccountName: workload.name,
  automountServiceAccountToken: false,
  // Kubernetes would add variables such as LITELLM_PORT, which LiteLLM reads as its own.
  enableServiceLinks: false,
  securityContext: podSecurity(workload.user),
  ...(settings.kubernetes.image_pull.secret
    ? { imagePullSecrets: [{ name: settings.kubernetes.image_pull.secret }] }
    : {}),
});

/** A workload's container without probes, ports and lifecycle, which only what serves has. */
export function containerOf(workload: Workload, settings: Settings): Container {
  const { entrypoint, arguments: arguments_, files, memoryMb, cpus } = workload;
  if (typeof memoryMb !== 'number') throw new Error(`the memory of ${workload.name} depends on a workspace`);
  const surroundings: PodSurroundings = {
    path: (file) => `${files?.directory}/${file}`,
    secret: kubernetesNames(settings).secret,
  };
  return {
    name: workload.name,
    image: imageReference(workload.image),
    imagePullPolicy: settings.kubernetes.image_pull.policy,
    ...(entrypoint ? { command: entrypoint.map((value) => podTemplate(value, surroundings)) } : {}),
    ...(arguments_ ? { args: arguments_.map((value) => podTemplate(value, surroundings)) } : {}),
    env: podEnvironment(workload.environment, surroundings),
    resources: resources(
      memoryMb,
      CPU_REQUEST[workload.name] ?? OTHER_CPU_REQUEST,
      typeof cpus === 'number' ? cpus : 0,
    ),
    securityContext: containerSecurity(workload.writableRoot),
    volumeMounts: mountsOf(workload),
  };
}

/**
 * Memory is asked for as a whole, so that no node promises it twice. Processor time has no limit unless the workload has one:
 * one would hold up answers on a node that has nothing else to do.
 */
export const resources = (memoryMb: number, millicores: number, cpus = 0): ResourceRequirements => {
  const memory = Quantity.fromString(`${memoryMb}Mi`);
  return {
    requests: {
      cpu: Quantity.fromString(`${millicores}m`),
      memory,
      'ephemeral-storage': Quantity.fromString('64Mi'),
    },
    limits: {
      ...(cpus > 0 ? { cpu: Quantity.fromString(`${cpus * 1000}m`) } : {}),
      memory,
      'ephemeral-storage': Quantity.fromString(`${EPHEMERAL_GB}Gi`),
    },
  };
};

/** @throws Error for an image that would have to be built: the settings are checked to name a finished one */
export function imageReference(image: ImageSource): string {
  if (image.kind === 'reference') return image.reference;
  throw new Error(`images/${image.folder} is not built for a cluster; name a finished image in gateway.yaml`);
}

export function mountsOf({ files, scratch, persistent, sharedMemoryMb }: Workload): VolumeMount[] {
  return [
    ...(files ? [{ name: 'files', mountPath: files.directory, readOnly: true }] : []),
    ...scratch.map(({ path }) => ({ name: scratchName(path), mountPath: path })),
    ...persistent.map(({ name, path }) => ({ name, mountPath: path })),
    ...(sharedMemoryMb ? [{ name: 'shared-memory', mountPath: '/dev/shm' }] : []),
  ];
}

/** Without the persistent ones: a StatefulSet makes claims for those. */
export function volumesOf({ name, files, scratch, sharedMemoryMb }: Workload): Volume[] {
  const memory = (megabytes: number) => ({
    emptyDir: { medium: 'Memory', sizeLimit: Quantity.fromString(`${megabytes}Mi`) },
  });
  return [
    ...(files ? [{ name: 'files', configMap: { name: filesName(name) } }] : []),
    ...scratch.map(({ path, megabytes }) => ({ name: scratchName(path), ...memory(megabytes) })),
    ...(sharedMemoryMb ? [{ name: 'shared-memory', ...memory(sharedMemoryMb) }] : []),
  ];
}

const scratchName = (path: string) => `scratch${path.replaceAll('/', '-')}`;
/** At most 15 characters. */
export const portName = (name: string) => name.slice(0, 15).replace(/-$/, '');
