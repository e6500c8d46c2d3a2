import {
  IntOrString,
  KubeNetworkPolicy,
  type NetworkPolicyEgressRule,
  type NetworkPolicyIngressRule,
  type NetworkPolicyPeer,
} from 'cdk8s-plus-32/lib/imports/k8s';
import { kubernetesNames } from '../../settings/kubernetes';
import type { Settings } from '../../settings/schema';
import type { Connection, ServicePort } from '../../workloads/workload';
import { dns, inNamespace, internet } from './internet';
import { labels, selectorLabels } from './labels';
import type { Manifest } from './manifest';

/** Whatever runs in the platform's namespace, as far as policies go. */
export interface Endpoint {
  readonly name: string;
  readonly connects: readonly Connection[];
  readonly ports: readonly ServicePort[];
  /** Whether it is offered outside the platform. */
  readonly published: boolean;
}

/** In a namespace, nothing reaches anything, and nothing is reached, unless another policy says so. */
export const denyAll = (settings: Settings, namespace: string): Manifest =>
  KubeNetworkPolicy.manifest({
    metadata: { name: 'deny-all', namespace, labels: labels(settings, 'deny-all') },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });

/** What the platform's workloads reach, and who reaches them: exactly what `connects` says. */
export function platformPolicies(endpoints: readonly Endpoint[], settings: Settings): Manifest[] {
  const { namespace } = kubernetesNames(settings);
  return [
    denyAll(settings, namespace),
    ...endpoints.map((endpoint) =>
      KubeNetworkPolicy.manifest({
        metadata: { name: endpoint.name, namespace, labels: labels(settings, endpoint.name) },
        spec: {
          podSelector: { matchLabels: selectorLabels(settings, endpoint.name) },
          policyTypes: ['Ingress', 'Egress'],
          ingress: ingress(endpoint, endpoints, settings),
          egress: egress(endpoint, settings),
        },
      }),
    ),
  ];
}

function ingress(endpoint: Endpoint, all: readonly Endpoint[], settings: Settings): NetworkPolicyIngressRule[] {
  const own = endpoint.ports.flatMap(({ port }) => {
    const from = all
      .filter(({ connects }) =>
        connects.some((connection) => connection.to === endpoint.name && connection.port === port),
      )
      .map(({ name }) => ({ podSelector: { matchLabels: selectorLabels(settings, name) } }));
    return from.length > 0 ? [{ from, ports: [tcp(port)] }] : [];
  });
  const outside = endpoint.name === 'door' ? [workspaces(settings)] : endpoint.published ? offeredTo(settings) : [];
  if (outside.length === 0) return own;
  return [...own, { from: outside, ports: endpoint.ports.map(({ port }) => tcp(port)) }];
}

function egress({ name, connects }: Endpoint, settings: Settings): NetworkPolicyEgressRule[] {
  if (connects.length === 0) return [];
  const { egress: ranges } = settings.kubernetes;
  const others = connects.flatMap(({ to, port }) =>
    to === 'internet'
      ? []
      : [
          {
            to: [{ podSelector: { matchLabels: selectorLabels(settings, to) } }],
            ...(port === undefined ? {} : { ports: [tcp(port)] }),
          },
        ],
  );
  const outside = connects.some(({ to }) => to === 'internet')
    ? [
        { to: [...internet(ranges.deny), ...ranges.allow.map((cidr) => ({ ipBlock: { cidr } }))] },
        // It asks Coder, which is in this cluster, most often.
        ...(name === 'key-provisioner' ? [{ to: [coderPods(settings)] }] : []),
      ]
    : [];
  return [dns(settings), ...others, ...outside];
}

/** Pods of workspaces, wherever in their namespace. */
const workspaces = (settings: Settings): NetworkPolicyPeer =>
  inNamespace(kubernetesNames(settings).workspacesNamespace);

const offeredTo = ({ kubernetes: { service } }: Settings): NetworkPolicyPeer[] => [
  ...service.from_namespaces.map(inNamespace),
  ...service.from_cidrs.map((cidr) => ({ ipBlock: { cidr } })),
];

/** Coder's own pods, by the label of its Helm chart; its database, which may be beside it, is not meant. */
export const coderPods = ({ kubernetes }: Settings): NetworkPolicyPeer => ({
  ...inNamespace(kubernetes.coder_namespace),
  podSelector: { matchLabels: { 'app.kubernetes.io/name': 'coder' } },
});

export const tcp = (port: number) => ({ port: IntOrString.fromNumber(port), protocol: 'TCP' });
