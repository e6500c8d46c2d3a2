import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
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

  get coderState(): string {
    return join(this.home, 'stand-ins', 'workspaces.json');
  }

  clone(): void {
    run('git', ['clone', '--quiet', '--local', this.root, this.directory]);
    // What a first run downloads or builds once: Terraform's providers, tarballs of base images.
    mkdirSync(join(this.root, '.cache'), { recursive: true });
    run('ln', ['-s', join(this.root, '.cache'), join(this.directory, '.cache')]);
    run('npm', ['ci', '--silent', '--no-progress'], { cwd: this.directory, timeout: 900 });
  }

  /** Edits `gateway.yaml` as a person would, and remembers nothing else. */
  async settle(images: Record<string, string>, workspaceImage: string): Promise<void> {
    const file = join(this.directory, 'gateway.yaml');
    const settings = parse(readFileSync(file, 'utf8')) as Record<string, Record<string, unknown>>;
    const [gateway, provisioner] = [await freePort(), await freePort()];
    const standIns = `http://${this.name}-stand-ins`;
    writeFileSync(
      file,
      stringify({
        ...settings,
        name: this.name,
        providers: { anthropic: { credentials: 'variable', api_base: `${standIns}:4100` } },
        litellm: { port: gateway, memory_mb: 3072 },
        key_provisioner: { port: provisioner },
        coder: { url: `${standIns}:7080`, confirm_workspaces: true },
        images: { ...images, workspace: workspaceImage },
      }),
    );
    this.environment = {
      GATEWAY_URL: `http://localhost:${gateway}`,
      GATEWAY_PROVISIONER_URL: `http://localhost:${provisioner}`,
      ANTHROPIC_API_KEY: 'stand-in-provider-key',
      CODER_TOKEN: 'coder-service-token-for-tests',
    };
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

  /** The container that stands for a provider and for Coder, on the platform's own network. */
  startStandIns(nodeImage: string): void {
    const directory = join(this.home, 'stand-ins');
    mkdirSync(directory, { recursive: true });
    writeFileSync(this.coderState, '{}');
    this.run('npx', [
      '--no-install',
      'esbuild',
      'scripts/acceptance/stand-ins.ts',
      '--bundle',
      '--platform=node',
      `--outfile=${directory}/stand-ins.js`,
      '--log-level=error',
    ]);
    run('docker', ['rm', '--force', `${this.name}-stand-ins`], { mayFail: true });
    run('docker', [
      ...['run', '--detach', '--name', `${this.name}-stand-ins`, '--network', `${this.name}-uplink`],
      ...['--volume', `${directory}:/state:ro`, '--entrypoint', 'node', nodeImage, '/state/stand-ins.js'],
    ]);
  }

  stopStandIns(): void {
    run('docker', ['rm', '--force', `${this.name}-stand-ins`], { mayFail: true });
  }

  private cdktf(action: 'deploy' | 'destroy'): Ran {
    const command = `. scripts/terraform-environment.sh && npx --no-install cdktf ${action} platform --var-file=secrets.tfvars --auto-approve --no-color`;
    return this.run('bash', ['-c', command], { timeout: 1200 });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
