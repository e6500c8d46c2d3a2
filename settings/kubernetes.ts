import { z } from 'zod';

/** The settings of `target: kubernetes`, and the names that follow from them. */

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const name = z.string().regex(NAME, 'a name of Kubernetes: lower-case letters, digits and hyphens, at most 63');
const subdomain = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'a name of Kubernetes: lower-case letters, digits, hyphens and dots');
const cidr = z.union([z.cidrv4(), z.cidrv6()], 'a range of addresses, such as "10.20.0.0/16"');
const replicas = z.int().min(1).max(100).default(1);

/** `kubernetes` in `gateway.yaml`. */
export const kubernetesSettings = z
  .strictObject({
    context: z
      .string()
      .min(1)
      .optional()
      .describe("The kubeconfig's context. Without it the current one, of KUBECONFIG or ~/.kube/config."),
    namespace: name.optional().describe('Where the platform runs. Without it the deployment’s `name`.'),
    workspaces_namespace: name
      .optional()
      .describe('Where the pods of workspaces run, and nothing else. Without it the namespace with `-workspaces`.'),
    coder_namespace: name
      .default('coder')
      .describe("Where Coder's Helm chart is installed; workspaces reach it there."),
    cluster_domain: subdomain.default('cluster.local').describe("The cluster's own domain in its DNS."),
    dns_namespace: name.default('kube-system').describe("Where the cluster's DNS servers run."),
    replicas: z
      .strictObject({
        litellm: replicas.describe(
          'LiteLLM. Until replicas share their counters, each counts requests a minute by itself.',
        ),
        key_provisioner: replicas.describe('The key-provisioner.'),
        edge: replicas.describe('The edge.'),
        door: replicas.describe('The door, which all workspaces share on Kubernetes.'),
      })
      .prefault({}),
    image_pull: z
      .strictObject({
        policy: z.enum(['IfNotPresent', 'Always']).default('IfNotPresent').describe('When nodes pull an image.'),
        secret: subdomain
          .optional()
          .describe('Name of a Secret of type kubernetes.io/dockerconfigjson, in both namespaces.'),
      })
      .prefault({}),
    storage: z
      .strictObject({
        class: subdomain.optional().describe("StorageClass of volumes. Without it the cluster's default."),
      })
      .prefault({}),
    service: z
      .strictObject({
        type: z
          .enum(['ClusterIP', 'LoadBalancer', 'NodePort'])
          .default('ClusterIP')
          .describe(
            "How the edge and the key-provisioner are offered. An Ingress or Gateway of one's own leads to ClusterIP.",
          ),
        from_namespaces: z
          .array(name)
          .default([])
          .describe(
            "Namespaces whose pods reach the edge and the key-provisioner: the Ingress controller's, for example.",
          ),
        from_cidrs: z
          .array(cidr)
          .default([])
          .describe('Addresses outside the cluster that reach the edge and the key-provisioner.'),
      })
      .prefault({}),
    egress: z
      .strictObject({
        allow: z
          .array(cidr)
          .default([])
          .describe("Private ranges that the platform, not workspaces, reaches too: a provider's private endpoint."),
        deny: z
          .array(cidr)
          .default([])
          .describe(
            'Public ranges that do not count as the internet: nodes or an API server with public addresses, for example.',
          ),
      })
      .prefault({}),
    secrets: z
      .strictObject({
        existing: subdomain
          .optional()
          .describe(
            'Name of a Secret in the namespace that something else keeps, such as External Secrets. Without it `gateway secrets push` makes `gateway-secrets`.',
          ),
      })
      .prefault({}),
  })
  .prefault({});

/** Settings of `target: kubernetes` with every default filled in. */
export type KubernetesSettings = z.output<typeof kubernetesSettings>;

/** What a deployment's objects are called and where they are. */
export interface KubernetesNames {
  readonly namespace: string;
  readonly workspacesNamespace: string;
  /** The Secret with the platform's secrets; keys are the names of `secrets.tfvars`. */
  readonly secret: string;
}

/** The names of a deployment. */
export function kubernetesNames({
  name,
  kubernetes,
}: {
  readonly name: string;
  readonly kubernetes: KubernetesSettings;
}): KubernetesNames {
  const namespace = kubernetes.namespace ?? name;
  return {
    namespace,
    workspacesNamespace: kubernetes.workspaces_namespace ?? `${namespace}-workspaces`,
    secret: kubernetes.secrets.existing ?? 'gateway-secrets',
  };
}
