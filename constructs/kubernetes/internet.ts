import { IntOrString, type NetworkPolicyEgressRule, type NetworkPolicyPeer } from 'cdk8s-plus-32/lib/imports/k8s';
import type { Settings } from '../../settings/schema';

/**
 * Ranges that are no part of the internet: private networks, where a cluster's pods, Services, nodes and API server are,
 * and link-local addresses, where a cloud answers with a node's credentials.
 */
const PRIVATE_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/4',
];
/** Of IPv6 only what is routed globally is opened, so that little is left to except. */
const PUBLIC_V6 = '2000::/3';

/** Every address of the internet, every port. @param deny - ranges beside the private ones that are not meant */
export function internet(deny: readonly string[]): NetworkPolicyPeer[] {
  const [v4, v6] = [deny.filter((cidr) => !cidr.includes(':')), deny.filter((cidr) => cidr.includes(':'))];
  return [
    { ipBlock: { cidr: '0.0.0.0/0', except: [...PRIVATE_V4, ...v4] } },
    { ipBlock: { cidr: PUBLIC_V6, ...(v6.length > 0 ? { except: v6 } : {}) } },
  ];
}

/** The cluster's DNS servers, on their port before and behind the Service (OpenShift's listen on 5353). */
export const dns = ({ kubernetes: { dns_namespace: namespace } }: Settings): NetworkPolicyEgressRule => ({
  to: [inNamespace(namespace)],
  ports: [53, 5353].flatMap((port) =>
    ['UDP', 'TCP'].map((protocol) => ({ port: IntOrString.fromNumber(port), protocol })),
  ),
});

/** All pods of a namespace; Kubernetes itself labels namespaces with their names. */
export const inNamespace = (namespace: string): NetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
});
