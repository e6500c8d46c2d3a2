import { KubeNetworkPolicy } from 'cdk8s-plus-32/lib/imports/k8s';
import { kubernetesNames } from '../../settings/kubernetes';
import type { Settings } from '../../settings/schema';
import { dns, inNamespace, internet } from './internet';
import { labels, selectorLabels } from './labels';
import type { Manifest } from './manifest';
import { sharedDoor } from './names';
import { coderPods, denyAll, tcp } from './network-policies';

/**
 * What workspaces reach: the door, Coder, names, and the internet as `workspace.egress` says. Nobody reaches them: Coder's
 * agent opens its connection itself. The policy is the namespace's, not a workspace's own: it is there before the first pod
 * is, covers every pod, and whoever makes workspaces needs no right to change it.
 */
export function workspacePolicies(settings: Settings): Manifest[] {
  const { namespace, workspacesNamespace } = kubernetesNames(settings);
  const door = sharedDoor(settings);
  return [
    denyAll(settings, workspacesNamespace),
    KubeNetworkPolicy.manifest({
      metadata: {
        name: 'workspaces',
        namespace: workspacesNamespace,
        labels: labels(settings, 'workspaces'),
      },
      spec: {
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
        ingress: [],
        egress: [
          dns(settings),
          {
            to: [{ ...inNamespace(namespace), podSelector: { matchLabels: selectorLabels(settings, door.name) } }],
            ports: door.ports.map(({ port }) => tcp(port)),
          },
          { to: [coderPods(settings)] },
          ...(settings.workspace.egress === 'internet' ? [{ to: internet(settings.kubernetes.egress.deny) }] : []),
        ],
      },
    }),
  ];
}
