import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { freePorts } from '../../runtime/processes/ports';
import { type Ran, type RunOptions, run } from './terminal';

/** The deployment of the story, in a clone of its own and beside any other deployment on this machine. */
export class Platform {
  readonly name = 'acceptance';
  /** Where the clone is. */
  readonly directory: string;
  private environment: Record<string, string> = {};

  constructor(
    private readonly home: string,
    private readonly root: string,
  ) {
    this.directory = join(home, 'coder-ai-gateway');
  }

  get coderUrl(): string {
    return this.environment.CODER_URL ?? '';
  }

  clone(): void {
    run('git', ['clone', '--quiet', '--local', this.root, this.directory]);
    // What a first run downloads or builds once: Terraform's providers, tarballs of base images.
    mkdirSync(join(this.root, '.cache'), { recursive: true });
    run('ln', ['-s', join(this.root, '.cache'), join(this.directory, '.cache')]);
    run('npm', ['ci', '--silent', '--no-progress'], { cwd: this.directory, timeout: 900 });
  }

  /** Edits `gateway.yaml` as a person would. */
  async settle(images: Record<string, string>, workspaceImage: string): Promise<void> {
    const [gateway = 0, provisioner = 0, coder = 0] = await freePorts(3);
    this.edit((settings) => ({
      ...settings,
      name: this.name,
      providers: { anthropic: { credentials: 'variable', api_base: `http://${this.standIn}:4100` } },
      litellm: { port: gateway, memory_mb: 3072 },
      key_provisioner: { port: provisioner },
      coder: { server: true, port: coder },
      images: { ...images, workspace: workspaceImage },
    }));
    this.environment = {
      GATEWAY_URL: `http://localhost:${gateway}`,
      GATEWAY_PROVISIONER_URL: `http://localhost:${provisioner}`,
      CODER_URL: `http://localhost:${coder}`,
      ANTHROPIC_API_KEY: 'stand-in-provider-key',
    };
  }

  /** From the next deployment on, Coder is asked before a workspace is trusted. */
  confirmWorkspaces(coderToken: string): void {
    this.edit((settings) => ({ ...settings, coder: { ...(settings.coder as object), confirm_workspaces: true } }));
    const file = join(this.directory, 'secrets.tfvars');
    const kept = readFileSync(file, 'utf8').replace(/^#?\s*coder_token\s*=.*\n/m, '');
    writeFileSync(file, `${kept}coder_token = "${coderToken}"\n`);
  }

  private edit(change: (settings: Record<string, unknown>) => Record<string, unknown>): void {
    const file = join(this.directory, 'gateway.yaml');
    writeFileSync(file, stringify(change(parse(readFileSync(file, 'utf8')))));
  }

  /** A command in the clone. */
  run(command: string, args: readonly string[], options: RunOptions = {}): Ran {
    return run(command, args, { cwd: this.directory, ...options, env: { ...this.environment, ...options.env } });
  }

  gateway(...args: string[]): Ran {
    return this.run('npx', ['--no-install', 'gateway', ...args]);
  }

  gatewayJson<T>(...args: string[]): T {
    return JSON.parse(this.gateway('--json', ...args).stdout) as T;
  }

  deploy(): Ran {
    return this.cdktf('deploy');
  }

  destroy(): Ran {
    return this.cdktf('destroy');
  }

  secret(name: string): string {
    const text = readFileSync(join(this.directory, 'secrets.tfvars'), 'utf8');
    return new RegExp(`^${name} = "(.*)"$`, 'm').exec(text)?.[1] ?? '';
  }

  /** A completion, asked from the host. */
  async complete(key: string, model: string): Promise<{ status: number; text: string }> {
    const response = await fetch(`${this.environment.GATEWAY_URL}/v1/chat/completions`, {
      method: 'POST',
      // A command that runs in between blocks this process, which would then not notice that a kept connection has ended.
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
    });
    return { status: response.status, text: await response.text() };
  }

  /** A scripted provider in the place of Anthropic, on the platform's own network: a stand-in, and no claim about models rests on it. */
  startStandIn(nodeImage: string): void {
    const directory = join(this.home, 'stand-in');
    this.run('npx', [
      '--no-install',
      'esbuild',
      '__tests__/contract/support/scripted-anthropic/up.ts',
      '--bundle',
      '--platform=node',
      `--outfile=${directory}/provider.js`,
      '--log-level=error',
    ]);
    this.stopStandIn();
    run('docker', [
      ...['run', '--detach', '--name', this.standIn, '--network', `${this.name}-uplink`],
      ...['--volume', `${directory}:/program:ro`, '--entrypoint', 'node', nodeImage, '/program/provider.js'],
      ...['--host=0.0.0.0', '--retired=sonnet-4-5-20250929', '--strict=-5-5$'],
    ]);
  }

  stopStandIn(): void {
    run('docker', ['rm', '--force', this.standIn], { mayFail: true });
  }

  private get standIn(): string {
    return `${this.name}-stand-in-provider`;
  }

  private cdktf(action: 'deploy' | 'destroy'): Ran {
    const command = `. scripts/terraform-environment.sh && npx --no-install cdktf ${action} platform --var-file=secrets.tfvars --auto-approve --no-color`;
    return this.run('bash', ['-c', command], { timeout: 1200 });
  }
}
