import { TerraformOutput, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { kubernetesNames } from '../../settings/kubernetes';
import { PORTS } from '../../settings/ports';
import type { Settings } from '../../settings/schema';
import { platformWorkloads } from '../../workloads/platform';
import type { WorkloadName } from '../../workloads/value';
import type { Workload, WorkloadFile } from '../../workloads/workload';
import { OLDEST_TERRAFORM } from '../terraform/version';
import { bodyOf, KubectlManifest } from './kubectl';
import { type Manifest, manifestId } from './manifest';
import { type ObjectGroup, platformObjects } from './objects';

export interface KubernetesPlatformProps {
  /** From `loadSettings()` or `gatewaySettings()`, with `target: kubernetes`. */
  readonly settings: Settings;
  /** What runs, without the door. @default - the workloads of the settings */
  readonly workloads?: readonly Workload[];
}

/**
 * The platform on Kubernetes, in a stack of any CDKTF app: the stack adds a kubectl provider and chooses its backend. No secret
 * passes through it: the stack has no variable for one, and the objects name a Secret.
 *
 * @example
 * new KubectlProvider(stack, 'kubectl');
 * new KubernetesPlatform(stack, 'platform', { settings });
 *
 * @throws CatalogError where the catalog contradicts itself
 */
export class KubernetesPlatform extends Construct {
  /** Every object, in the order in which they are needed. */
  readonly objects: readonly Manifest[];
  /** The files of each workload, to be read beside the stack. */
  readonly files: ReadonlyMap<WorkloadName, readonly WorkloadFile[]>;

  constructor(
    scope: Construct,
    id: string,
    { settings, workloads = platformWorkloads(settings) }: KubernetesPlatformProps,
  ) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    stack.addOverride('terraform.required_version', `>= ${OLDEST_TERRAFORM}`);
    const groups = platformObjects(settings, workloads);
    const made = new Map<ObjectGroup['name'], KubectlManifest[]>();
    for (const { name, objects } of groups) {
      const dependsOn = DEPENDS[name].flatMap((group) => made.get(group) ?? []);
      made.set(
        name,
        objects.map((object) => {
          const resource = new KubectlManifest(this, manifestId(object).replaceAll('/', '-'), {
            body: bodyOf(object),
            // Whatever is in a namespace goes with it: the database's volume, and the Secret.
            keepOnDestroy: name === 'namespaces' && settings.volumes.keep_on_destroy,
            ...(dependsOn.length > 0 ? { dependsOn } : {}),
          });
          resource.overrideLogicalId(logicalId(object));
          return resource;
        }),
      );
    }
    this.objects = groups.flatMap(({ objects }) => objects);
    this.files = new Map(workloads.map(({ name, files }) => [name, files?.files ?? []]));
    outputs(stack, settings);
  }
}

/** A replica waits for the migration by itself, so a rollout that Terraform waits for needs its Job to be there. */
const DEPENDS: Readonly<Record<ObjectGroup['name'], readonly ObjectGroup['name'][]>> = {
  namespaces: [],
  policies: ['namespaces'],
  database: ['policies'],
  migration: ['database'],
  workloads: ['migration'],
};

/** `deployment_litellm`; what is in both namespaces has the namespace in it. */
const logicalId = ({ kind, metadata: { name, namespace } }: Manifest) =>
  (name === 'deny-all' ? [kind, namespace, name] : [kind, name])
    .join('_')
    // The same resource for the next version, whose Job has another name.
    .replace(/^(Job_litellm-migration)-.*/, '$1')
    .toLowerCase()
    .replaceAll('-', '_');

function outputs(stack: TerraformStack, settings: Settings): void {
  const { namespace } = kubernetesNames(settings);
  const service = (name: string, port: number) =>
    `http://${name}.${namespace}.svc.${settings.kubernetes.cluster_domain}:${port}`;
  new TerraformOutput(stack, 'gateway_url', { value: service('edge', PORTS.edge) });
  new TerraformOutput(stack, 'provisioner_url', { value: service('key-provisioner', PORTS.keyProvisioner) });
}
