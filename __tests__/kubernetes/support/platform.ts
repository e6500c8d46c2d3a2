import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { SettingsInput } from '../../../settings/schema';
import { baseImages } from '../../deploy/support/base-images';
import { command, docker, type Outcome, REPOSITORY, succeed } from '../../deploy/support/commands';
import { type TestSecrets, testSecrets, tfvars } from '../../deploy/support/secrets';
import { TestCluster } from './cluster';

/** A platform of a test's own on a cluster, in namespaces and a directory of its own. */
export class KubernetesPlatform {
  readonly name = `gwk-${randomBytes(3).toString('hex')}`;
  readonly workspaces = `${this.name}-workspaces`;
  // What is in a URL there: letters, digits and few others.
  readonly secrets: TestSecrets = { ...testSecrets(), postgres_password: randomBytes(24).toString('base64url') };
  private readonly directory = mkdtempSync(join(tmpdir(), 'gateway-kubernetes-'));
  private readonly environment: NodeJS.ProcessEnv;

  private constructor(
    readonly cluster: TestCluster,
    private readonly images: NonNullable<SettingsInput['images']>,
  ) {
    const settings = join(this.directory, 'gateway.yaml');
    this.environment = { ...cluster.env, GATEWAY_SETTINGS: settings, CDKTF_OUTDIR: join(this.directory, 'cdktf.out') };
    writeFileSync(join(this.directory, 'secrets.tfvars.json'), tfvars(this.secrets), { mode: 0o600 });
  }

  static open(): KubernetesPlatform {
    const cluster = TestCluster.open();
    succeed('scripts/provider-mirror.sh', ['coder', 'kubectl']);
    return new KubernetesPlatform(cluster, testImages(cluster));
  }

  configure(changes: SettingsInput = {}): void {
    const settings: SettingsInput = {
      name: this.name,
      target: 'kubernetes',
      providers: { anthropic: { credentials: 'variable' } },
      models: { enabled: ['claude-sonnet-4-5', 'claude-haiku-4-5'] },
      litellm: { memory_mb: 2048 },
      postgres: { memory_mb: 512 },
      images: this.images,
      ...changes,
    };
    writeFileSync(join(this.directory, 'gateway.yaml'), stringify(settings));
    succeed(process.execPath, ['--import', 'tsx', '__tests__/kubernetes/support/platform-app.ts'], {
      env: this.environment,
    });
  }

  /** `gateway …` in the platform's directory. */
  gateway(...args: string[]): Outcome {
    return command(process.execPath, [join(REPOSITORY, 'bin/gateway'), ...args], {
      env: this.environment,
      cwd: this.directory,
    });
  }

  push(): string {
    const { status, stdout, stderr } = this.gateway('secrets', 'push', '--secrets-file', 'secrets.tfvars.json');
    if (status !== 0) throw new Error(stdout + stderr);
    return stdout + stderr;
  }

  /** What `gateway manifests` writes into a directory. */
  manifests(name: string): { readonly path: string; readonly files: Readonly<Record<string, string>> } {
    const path = join(this.directory, name);
    const { status, stdout, stderr } = this.gateway('manifests', '--output', name);
    if (status !== 0) throw new Error(stdout + stderr);
    const files = readdirSync(path).map((file) => [file, readFileSync(join(path, file), 'utf8')]);
    return { path, files: Object.fromEntries(files) };
  }

  terraform(...args: string[]): Outcome {
    return command('terraform', [`-chdir=${join(this.directory, 'cdktf.out/stacks/platform')}`, ...args], {
      env: this.environment,
    });
  }

  deploy(): void {
    this.mustRun('init', '-input=false', '-no-color');
    this.mustRun('apply', '-auto-approve', '-input=false', '-no-color');
  }

  /** Whether a plan has nothing to do; otherwise what it would do. */
  plan(): string {
    const { status, stdout, stderr } = this.terraform('plan', '-detailed-exitcode', '-input=false', '-no-color');
    return status === 0 ? 'empty' : stdout + stderr;
  }

  destroy(): void {
    this.mustRun('destroy', '-auto-approve', '-input=false', '-no-color');
  }

  private mustRun(...args: string[]): void {
    const { status, stdout, stderr } = this.terraform(...args);
    if (status !== 0) throw new Error(`${stdout}\n${stderr}\n${this.cluster.run(['get', 'pods', '-A']).stdout}`);
  }

  /** Terraform's state of the platform. */
  state = (): string => readFileSync(join(this.directory, 'terraform.platform.tfstate'), 'utf8');

  /** The directory of the synthesized workspace template. */
  template = (): string => join(this.directory, 'cdktf.out/stacks/contractor-workspace');

  /** Removes everything, the database included. */
  close(): void {
    this.cluster.run(['delete', 'namespace', '--ignore-not-found', '--wait=false', this.name, this.workspaces]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Images of the platform, and one of a workspace without agents, on the cluster's nodes. */
function testImages(cluster: TestCluster): NonNullable<SettingsInput['images']> {
  // On somebody else's cluster the images have to be where its nodes find them.
  const given = process.env.GATEWAY_TEST_KUBERNETES_IMAGES;
  if (given) return JSON.parse(given);
  const { node, seed: _seed, ...base } = baseImages();
  const build = (name: string, folder: string) => {
    const id = docker('build', '--quiet', '--build-arg', `BASE_IMAGE=${node}`, folder).replace('sha256:', '');
    const image = `gateway-test/${name}:1.0.0-${id.slice(0, 12)}`;
    docker('tag', id, image);
    return image;
  };
  const images = {
    ...base,
    key_provisioner: build('key-provisioner', 'images/key-provisioner'),
    workspace: build('workspace', '__tests__/deploy/workspace/stand-in-image'),
  };
  cluster.load(Object.values(images).filter((image) => image !== undefined));
  return images;
}
