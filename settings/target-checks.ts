import type { CrossProblem } from './cross-checks';
import { kubernetesNames, kubernetesSettings } from './kubernetes';
import { at } from './paths';
import type { Settings } from './schema';

/** Settings that mean something on one target only, and what is missing on the other. */
export const targetProblems = (settings: Settings): CrossProblem[] =>
  settings.target === 'kubernetes' ? kubernetesProblems(settings) : dockerProblems(settings);

function dockerProblems({ kubernetes }: Settings): CrossProblem[] {
  if (same(kubernetes, kubernetesSettings.parse({}))) return [];
  return [
    {
      path: 'kubernetes',
      from: ['kubernetes', 'target'],
      message: 'is read only with target: kubernetes; set that, or remove this section',
    },
  ];
}

/** Path, its value on a host that nobody changed, and what takes its place. */
const OF_DOCKER: readonly (readonly [path: string, unchanged: unknown, instead: string])[] = [
  ['docker.host', 'unix:///var/run/docker.sock', 'kubernetes.context names the cluster'],
  ['litellm.bind', '127.0.0.1', 'kubernetes.service says how the edge is offered'],
  ['key_provisioner.bind', '127.0.0.1', 'kubernetes.service says how the key-provisioner is offered'],
  ['coder.server', false, 'install Coder with its own Helm chart, and name its address in coder.url'],
  ['coder.bind', '127.0.0.1', "Coder's Helm chart decides on its address"],
  ['images.seed', undefined, 'files come as ConfigMaps'],
  ['images.coder', undefined, "Coder's Helm chart names its image"],
  ['images.node', undefined, 'no image is built; name the finished one in images.key_provisioner'],
];

function kubernetesProblems(settings: Settings): CrossProblem[] {
  const useless = OF_DOCKER.flatMap(([path, unchanged, instead]) => {
    const value = at(settings, path.split('.'));
    if (value === unchanged) return [];
    return [
      {
        path,
        from: ['target', path],
        message: `found ${JSON.stringify(value)}, which has no meaning with target: kubernetes; ${instead}. Remove this line`,
      },
    ];
  });
  return [...useless, ...imageProblems(settings), ...namespaceProblems(settings)];
}

function imageProblems({ images }: Settings): CrossProblem[] {
  return (['key_provisioner', 'workspace'] as const).flatMap((image) => {
    if (images[image]) return [];
    const path = `images.${image}`;
    const folder = image === 'workspace' ? 'contractor-workspace' : 'key-provisioner';
    const message = `is missing; a cluster builds no image: build images/${folder}, push it to a registry that the cluster pulls from, and name it here`;
    return [{ path, from: ['target', path], message }];
  });
}

function namespaceProblems(settings: Settings): CrossProblem[] {
  const { namespace, workspacesNamespace } = kubernetesNames(settings);
  const path = 'kubernetes.workspaces_namespace';
  const from = ['target', 'name', 'kubernetes.namespace', path, 'kubernetes.coder_namespace'];
  const { coder_namespace: coder } = settings.kubernetes;
  if (workspacesNamespace !== namespace && workspacesNamespace !== coder) return [];
  const other = workspacesNamespace === namespace ? 'the platform' : 'Coder';
  const message = `found "${workspacesNamespace}", where ${other} runs too; workspaces need a namespace of their own, whose policies hold for every pod in it`;
  return [{ path, from, message }];
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
