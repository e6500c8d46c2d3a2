import { DockerProvider } from '@cdktf/provider-docker/lib/provider';
import { LocalBackend, TerraformOutput, TerraformStack, TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import { DockerImage } from '../constructs/docker/image';
import { dockerNames } from '../constructs/docker/names';
import { PlatformNetworks } from '../constructs/docker/platform-networks';
import { DockerWorkload, persistentVolumeId } from '../constructs/docker/workload';
import { literal } from '../constructs/terraform/literal';
import { secretVariables, validateSecrets } from '../constructs/terraform/secret-variables';
import { OLDEST_TERRAFORM } from '../constructs/terraform/version';
import type { Settings } from '../settings/schema';
import { imageOf } from '../workloads/images';
import { platformWorkloads } from '../workloads/platform';
import type { Workload, WorkloadFile } from '../workloads/workload';
import { door } from '../workspace/door';

export interface PlatformStackProps {
  readonly settings: Settings;
  /** What runs. @default - the workloads of the settings */
  readonly workloads?: readonly Workload[];
}

/**
 * PostgreSQL, LiteLLM, the key-provisioner, and a Coder server where the settings ask for one.
 *
 * @example
 * const app = new App();
 * new PlatformStack(app, 'platform', { settings: loadSettings('gateway.yaml') });
 * app.synth(); // cdktf.out/stacks/platform/cdk.tf.json
 *
 * @throws CatalogError where the catalog contradicts itself; Error where a folder of `images/` has no Dockerfile
 */
export class PlatformStack extends TerraformStack {
  /** Folders of `images/` that are built when the stack is applied. */
  readonly builtFolders: readonly string[];
  /** The files of each workload, for whoever wants to read them. */
  readonly files: ReadonlyMap<string, readonly WorkloadFile[]>;

  constructor(scope: Construct, id: string, { settings, workloads = platformWorkloads(settings) }: PlatformStackProps) {
    super(scope, id);
    // Beside the checkout's own files, so that the state outlives the output directory. Relative: another checkout, same JSON.
    new LocalBackend(this, { path: `../../../terraform.${id}.tfstate` });
    new DockerProvider(this, 'docker', { host: literal(settings.docker.host) });
    // Version 4 repairs stopped containers; the bindings would ask for 3.6.2 exactly.
    this.addOverride('terraform.required_providers.docker.version', '~> 4.6');
    this.addOverride('terraform.required_version', `>= ${OLDEST_TERRAFORM}`);
    secretVariables(this);
    if (workloads.some((workload) => workload.managesWorkspaces)) dockerGroup(this);

    const networks = new PlatformNetworks(this, 'networks', {
      name: settings.name,
      workloads,
      clients: [door(settings, dockerNames(settings))],
    });
    const seed = new DockerImage(this, 'seed', {
      name: 'seed',
      source: { kind: 'reference', reference: imageOf('seed', settings) },
      logicalId: 'seed',
    });
    const started = new Map<string, DockerWorkload>();
    for (const workload of workloads) {
      started.set(
        workload.name,
        new DockerWorkload(this, workload.name, {
          prefix: settings.name,
          workload,
          networks,
          seedImage: seed.imageId,
          dependsOn: workload.dependsOn.map((name) => started.get(name)).filter((other) => other !== undefined),
          keepOnDestroy: settings.volumes.keep_on_destroy,
          daemonSocket: settings.docker.host.replace(/^unix:\/\//, ''),
        }),
      );
    }
    if (settings.volumes.keep_on_destroy) this.forgetPersistentVolumes(workloads);
    addresses(this, settings);
    this.builtFolders = workloads.flatMap(({ image }) => (image.kind === 'build' ? [image.folder] : []));
    this.files = new Map(workloads.map(({ name, files }) => [name, files?.files ?? []]));
  }

  /** A volume that an earlier deployment with `keep_on_destroy: false` made is let go of, not deleted. */
  private forgetPersistentVolumes(workloads: readonly Workload[]): void {
    const volumes = workloads.flatMap((workload) => workload.persistent.map(({ name }) => persistentVolumeId(name)));
    this.addOverride(
      'removed',
      volumes.map((name) => ({ from: `docker_volume.${name}`, lifecycle: { destroy: false } })),
    );
  }
}

function dockerGroup(stack: TerraformStack): void {
  new TerraformVariable(stack, 'docker_group', {
    type: 'string',
    description:
      "group that owns the Docker socket (stat -c %g /var/run/docker.sock), which the Coder server's user joins",
    nullable: false,
    default: '999',
  });
}

function addresses(stack: TerraformStack, settings: Settings): void {
  const { litellm, key_provisioner, coder } = settings;
  const at = (bind: string, port: number) => {
    const host = bind === '0.0.0.0' || bind === '::' || bind === '127.0.0.1' ? 'localhost' : bind;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  };
  const gateway = new TerraformOutput(stack, 'gateway_url', { value: at(litellm.bind, litellm.port) });
  validateSecrets(gateway, settings);
  new TerraformOutput(stack, 'provisioner_url', { value: at(key_provisioner.bind, key_provisioner.port) });
  if (coder.server) new TerraformOutput(stack, 'coder_url', { value: coder.url ?? at(coder.bind, coder.port) });
}
