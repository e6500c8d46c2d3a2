import { TerraformOutput, TerraformStack, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import type { Settings } from '../../settings/schema';
import { imageOf } from '../../workloads/images';
import { platformWorkloads } from '../../workloads/platform';
import type { WorkloadName } from '../../workloads/value';
import type { Workload, WorkloadFile } from '../../workloads/workload';
import { door } from '../../workspace/door';
import { afterSynthesis } from '../terraform/beside-stack';
import { secretVariables, validateSecrets } from '../terraform/secret-variables';
import { OLDEST_TERRAFORM } from '../terraform/version';
import { BuildContext } from './build-context';
import { requireDockerProvider } from './docker-provider';
import { DockerImage } from './image';
import { dockerNames } from './names';
import { PlatformNetworks } from './platform-networks';
import { type PublishedUrls, publishedUrls } from './published-urls';
import { DockerWorkload, persistentVolumeId } from './workload';

export interface PlatformProps {
  /** From `loadSettings()` or `gatewaySettings()`. */
  readonly settings: Settings;
  /** What runs. @default - the workloads of the settings */
  readonly workloads?: readonly Workload[];
}

/**
 * PostgreSQL, LiteLLM, the edge, the key-provisioner, and a Coder server where the settings ask for one, in a stack of any
 * CDKTF app. The stack adds a Docker provider and chooses its backend; this adds everything else: containers, networks,
 * volumes, one variable per secret, and the outputs `gateway_url`, `provisioner_url` and `coder_url`.
 *
 * Resources, variables and outputs have the names they have in {@link PlatformStack}, so a stack holds one platform, and a
 * deployment may pass from one to the other with its state. The state holds secrets: choose the backend accordingly.
 *
 * @example
 * const settings = gatewaySettings({ providers: { anthropic: { credentials: 'variable' } } });
 * new DockerProvider(stack, 'docker', { host: settings.docker.host });
 * const platform = new Platform(stack, 'platform', { settings });
 * platform.urls.gateway; // 'http://localhost:4000'
 * platform.workload('litellm').container; // the Container of the Docker bindings
 *
 * @throws CatalogError where the catalog contradicts itself; Error where a folder of `images/` has no Dockerfile, or where the
 * stack holds a platform already
 */
export class Platform extends Construct {
  /** Addresses on the host. */
  readonly urls: PublishedUrls;
  readonly networks: PlatformNetworks;
  /** What runs, in the order in which it starts. */
  readonly workloads: ReadonlyMap<WorkloadName, DockerWorkload>;
  /** The files of each workload, to be read beside the stack. */
  readonly files: ReadonlyMap<WorkloadName, readonly WorkloadFile[]>;

  constructor(scope: Construct, id: string, { settings, workloads = platformWorkloads(settings) }: PlatformProps) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    refuseSecond(stack, this);
    requireDockerProvider(stack);
    stack.addOverride('terraform.required_version', `>= ${OLDEST_TERRAFORM}`);
    secretVariables(stack);
    if (workloads.some((workload) => workload.managesWorkspaces)) dockerGroup(stack);

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
    const started = new Map<WorkloadName, DockerWorkload>();
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
    if (settings.volumes.keep_on_destroy) forgetPersistentVolumes(stack, workloads);
    this.urls = publishedUrls(settings);
    outputs(stack, this.urls, settings);
    stageBuildContexts(stack, workloads);
    this.networks = networks;
    this.workloads = started;
    this.files = new Map(workloads.map(({ name, files }) => [name, files?.files ?? []]));
  }

  /** @throws Error for a workload that does not run here, `coder` where the settings do not ask for one */
  workload(name: WorkloadName): DockerWorkload {
    const found = this.workloads.get(name);
    if (!found) throw new Error(`no workload is called "${name}"; there are ${[...this.workloads.keys()].join(', ')}`);
    return found;
  }
}

/** The names would be the same, and Terraform's JSON would hold the second platform only. */
function refuseSecond(stack: TerraformStack, platform: Platform): void {
  const other = stack.node.findAll().find((construct) => construct instanceof Platform && construct !== platform);
  if (!other) return;
  throw new Error(
    `the stack "${stack.node.id}" holds the platform "${other.node.path}" already; put "${platform.node.id}" into a stack of its own`,
  );
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

/** A volume that an earlier deployment with `keep_on_destroy: false` made is let go of, not deleted. */
function forgetPersistentVolumes(stack: TerraformStack, workloads: readonly Workload[]): void {
  const volumes = workloads.flatMap((workload) => workload.persistent.map(({ name }) => persistentVolumeId(name)));
  stack.addOverride(
    'removed',
    volumes.map((name) => ({ from: `docker_volume.${name}`, lifecycle: { destroy: false } })),
  );
}

function outputs(stack: TerraformStack, urls: PublishedUrls, settings: Settings): void {
  const gateway = new TerraformOutput(stack, 'gateway_url', { value: urls.gateway });
  validateSecrets(gateway, settings);
  new TerraformOutput(stack, 'provisioner_url', { value: urls.provisioner });
  if (urls.coder) new TerraformOutput(stack, 'coder_url', { value: urls.coder });
}

/** Copies the folders that images are built from to where the stack's JSON names them. */
function stageBuildContexts(stack: TerraformStack, workloads: readonly Workload[]): void {
  for (const { image } of workloads) {
    if (image.kind === 'build') afterSynthesis(stack, ({ app }) => new BuildContext(image.folder).stage(app));
  }
}
