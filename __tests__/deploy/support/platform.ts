import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { freePorts } from '../../../runtime/processes/ports';
import type { SettingsInput } from '../../../settings/schema';
import { baseImages } from './base-images';
import { command, docker, type Outcome, succeed } from './commands';
import { type TestSecrets, testSecrets, tfvars } from './secrets';

const APP = 'node --import tsx __tests__/deploy/support/platform-app.ts';

interface ResourceChange {
  readonly address: string;
  readonly change: { readonly actions: readonly string[] };
}

/** A platform of a test's own on the real daemon, in a directory and under a name of its own. */
export class TestPlatform {
  readonly name = `gateway-test-${randomBytes(3).toString('hex')}`;
  readonly secrets: TestSecrets;
  private readonly directory = mkdtempSync(join(tmpdir(), 'gateway-deploy-'));
  private readonly secretsFile = join(this.directory, 'secrets.tfvars.json');
  private readonly environment: NodeJS.ProcessEnv = {
    GATEWAY_SETTINGS: join(this.directory, 'gateway.yaml'),
    CDKTF_OUTDIR: join(this.directory, 'cdktf.out'),
  };

  private constructor(
    private readonly base: SettingsInput,
    readonly gatewayUrl: string,
    readonly provisionerUrl: string,
    secrets: Partial<TestSecrets>,
  ) {
    this.secrets = testSecrets();
    this.give(secrets);
  }

  /**
   * @param secrets - those that a test does not want made up
   * @param more - images beside those that every platform has
   */
  static async open(secrets: Partial<TestSecrets> = {}, more: readonly string[] = []): Promise<TestPlatform> {
    succeed('scripts/provider-mirror.sh', []);
    const images = baseImages(more);
    const [litellm = 0, provisioner = 0] = await freePorts(2);
    return new TestPlatform(
      {
        providers: {
          anthropic: { credentials: 'variable' },
          bedrock: { credentials: 'variable', region: 'us-east-1' },
        },
        litellm: { port: litellm, memory_mb: 2048 },
        key_provisioner: { port: provisioner },
        postgres: { memory_mb: 512 },
        images,
      } as SettingsInput,
      `http://127.0.0.1:${litellm}`,
      `http://127.0.0.1:${provisioner}`,
      secrets,
    );
  }

  /** Writes the settings file, with what a test changes in it. */
  configure(changes: SettingsInput = {}): void {
    writeFileSync(join(this.directory, 'gateway.yaml'), stringify({ name: this.name, ...this.base, ...changes }));
  }

  /** Writes secrets that somebody else made into the secrets file; the next plan takes them. */
  give(secrets: Partial<TestSecrets>): void {
    Object.assign(this.secrets, secrets);
    writeFileSync(this.secretsFile, tfvars(this.secrets), { mode: 0o600 });
  }

  cdktf(action: 'deploy' | 'destroy', env: NodeJS.ProcessEnv = {}): string {
    const secrets = action === 'deploy' ? [`--var-file=${this.secretsFile}`] : [];
    const args = [
      '--no-install',
      'cdktf',
      action,
      'platform',
      '--app',
      APP,
      '--output',
      join(this.directory, 'cdktf.out'),
    ];
    return succeed('npx', [...args, '--auto-approve', ...secrets], { env: { ...this.environment, ...env } });
  }

  /** As `make plan` and `make deploy` do, which take half the processor time of `cdktf deploy`. */
  deploy(): void {
    this.synth();
    this.mustRun('init', '-input=false', '-no-color');
    this.plan();
    this.apply();
  }

  /** Applies what {@link plan} saved, one LiteLLM after the other, as `make deploy` does. */
  async applyInTurn(): Promise<void> {
    const stack = join(this.directory, 'cdktf.out/stacks/platform');
    const args = ['--import', 'tsx', 'scripts/replace-in-turn.ts', stack, 'tfplan', this.secretsFile];
    // Not `succeed`: what is asked of the platform meanwhile goes on in this process.
    const run = promisify(execFile);
    await run('node', args, { maxBuffer: 1024 ** 3 });
    await run('terraform', [`-chdir=${stack}`, 'apply', '-input=false', '-no-color', 'tfplan'], {
      maxBuffer: 1024 ** 3,
    });
  }

  synth(env: NodeJS.ProcessEnv = {}): void {
    const [program = '', ...args] = APP.split(' ');
    succeed(program, args, { env: { ...this.environment, ...env } });
  }

  terraform(...args: string[]): Outcome {
    return command('terraform', [`-chdir=${join(this.directory, 'cdktf.out/stacks/platform')}`, ...args]);
  }

  /** What a plan would change: address → actions. Nothing is changed yet. */
  plan(): Map<string, string> {
    this.mustRun('plan', '-input=false', '-no-color', `-var-file=${this.secretsFile}`, '-out=tfplan');
    const shown = JSON.parse(this.terraform('show', '-json', 'tfplan').stdout) as {
      resource_changes?: ResourceChange[];
    };
    const changes = (shown.resource_changes ?? []).filter(({ change }) => change.actions.join() !== 'no-op');
    return new Map(changes.map(({ address, change }) => [address, change.actions.join()]));
  }

  /** Applies what {@link plan} saved. */
  apply(): void {
    this.mustRun('apply', '-input=false', '-no-color', 'tfplan');
  }

  private mustRun(...args: string[]): void {
    const { status, stdout, stderr } = this.terraform(...args);
    if (status !== 0) throw new Error(stdout + stderr);
  }

  container(part: string): string {
    return `${this.name}-${part}`;
  }

  health(part: string): string {
    return docker('inspect', '--format', '{{.State.Health.Status}}', this.container(part));
  }

  /** @throws Error where a part is not healthy within two minutes */
  async untilHealthy(part: string): Promise<void> {
    for (const deadline = Date.now() + 120_000; Date.now() < deadline; await setTimeout(500)) {
      if (this.health(part) === 'healthy') return;
    }
    throw new Error(
      `${this.container(part)} is ${this.health(part)}:\n${docker('logs', '--tail', '20', this.container(part))}`,
    );
  }

  id(part: string): string {
    return docker('inspect', '--format', '{{.Id}}', this.container(part));
  }

  synthesized(): string {
    return readFileSync(join(this.directory, 'cdktf.out/stacks/platform/cdk.tf.json'), 'utf8');
  }

  /** Removes everything, the database included. */
  close(): void {
    try {
      this.mustRun('destroy', '-auto-approve', '-no-color', `-var-file=${this.secretsFile}`);
    } finally {
      command('docker', ['volume', 'rm', '--force', `${this.name}-postgres-data`]);
      const images = docker('images', '--format', '{{.Repository}}:{{.Tag}}', `${this.name}-key-provisioner`);
      if (images) command('docker', ['image', 'rm', ...images.split('\n')]);
      rmSync(this.directory, { recursive: true, force: true });
    }
  }
}
