import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { workspaceToken } from '../../../images/key-provisioner/src/identity/workspace-token';
import { freePorts } from '../../../runtime/processes/ports';
import type { SecretName } from '../../../settings/secrets';
import { baseImages } from '../support/base-images';
import { command, docker, type Outcome, REPOSITORY, succeed } from '../support/commands';
import { StandIns } from '../workspace/stand-ins';

/** What a document's name of something is here. */
type Words = Readonly<Record<string, string>>;

/**
 * Somebody who types what the documents say, in a copy of this repository and beside any other deployment. The model
 * provider is a stand-in; its address is the one thing in `gateway.yaml` that no document asks for, next to local images.
 */
export class Walk {
  readonly name = `gateway-docs-${randomBytes(3).toString('hex')}`;
  readonly directory = join(mkdtempSync(join(tmpdir(), 'gateway-documents-')), 'coder-ai-gateway');
  /** Documented commands that were run. */
  readonly typed = new Set<string>();
  readonly standIns = new StandIns(this.name);
  private readonly images = baseImages();
  private ports: number[] = [];

  async open(): Promise<void> {
    succeed('scripts/provider-mirror.sh', []);
    this.ports = await freePorts(2);
    mkdirSync(this.directory);
    const files =
      'git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d 2>/dev/null | tar -cf - -T - | tar -xf - -C';
    succeed('bash', ['-c', `${files} ${this.directory}`], { cwd: REPOSITORY });
    this.shareCache();
    this.git('init', '--quiet', '--initial-branch=main');
    this.commit('As it was cloned');
    this.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    writeFileSync(join(this.directory, '../editor'), `#!/bin/sh\ncp "${this.directory}/../edited.yaml" "$1"\n`, {
      mode: 0o755,
    });
  }

  /** What was built or downloaded already; not the list of running demos, all of which `npm run demo:stop` ends, nor bundles of other sources. */
  private shareCache(): void {
    const [from, to] = [join(REPOSITORY, '.cache'), join(this.directory, '.cache')];
    mkdirSync(from, { recursive: true });
    mkdirSync(to);
    for (const entry of readdirSync(from).filter((name) => !['demos', 'bundles'].includes(name)))
      symlinkSync(join(from, entry), join(to, entry));
  }

  git(...args: string[]): string {
    const who = ['-c', 'user.name=documents', '-c', 'user.email=documents@example.com'];
    return succeed('git', [...who, ...args], { cwd: this.directory });
  }

  commit(message: string): void {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
  }

  /**
   * Types a command exactly as documented.
   *
   * @param words - what its placeholders are here, such as `{ NAME: 'ci-my-repo' }`
   */
  tryType(documented: string, words: Words = {}, input?: string): Outcome {
    return command('bash', ['-c', this.here(documented, words)], {
      cwd: this.directory,
      env: this.environment,
      ...(input === undefined ? {} : { input }),
    });
  }

  /** The same for a command that has to succeed: what it printed. */
  type(documented: string, words: Words = {}, input?: string): string {
    const outcome = this.tryType(documented, words, input);
    if (outcome.status !== 0)
      throw new Error(`${documented} ended with ${outcome.status}:\n${outcome.stdout}\n${outcome.stderr}`);
    return outcome.stdout;
  }

  /** Types a command on a terminal and answers its questions as they come; resolves with what was on the screen. */
  converse(
    documented: string,
    answers: readonly (readonly [question: RegExp, answer: string])[] = [],
    words: Words = {},
  ): Promise<string> {
    const line = this.here(documented, words);
    const child = spawn('script', ['--quiet', '--return', '--echo', 'never', '--command', line, '/dev/null'], {
      cwd: this.directory,
      env: { ...process.env, ...this.environment, TERM: 'dumb' },
    });
    const open = [...answers];
    let screen = '';
    let read = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      const [question, answer] = open[0] ?? [];
      if (!question?.test(screen.slice(read))) return;
      open.shift();
      read = screen.length;
      child.stdin.write(answer);
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) =>
        status === 0 && open.length === 0
          ? resolve(screen)
          : reject(new Error(`${documented} ended with ${status}:\n${screen}`)),
      );
    });
  }

  /** Changes the settings as `$EDITOR` would; the next `$EDITOR gateway.yaml` saves it. */
  edit(change: (settings: Record<string, unknown>) => void): void {
    const settings = parse(this.read('gateway.yaml')) as Record<string, unknown>;
    change(settings);
    writeFileSync(join(this.directory, '../edited.yaml'), stringify(settings));
  }

  /** What this machine needs in the settings of any deployment. */
  get machineSettings(): Record<string, unknown> {
    const [gateway, provisioner] = this.ports;
    return {
      name: this.name,
      providers: { anthropic: { credentials: 'variable', api_base: this.standIns.anthropic } },
      litellm: { port: gateway, memory_mb: 2048 },
      key_provisioner: { port: provisioner },
      images: { ...this.images, workspace: 'gateway-test/contractor-workspace:documents' },
    };
  }

  /** Bedrock, as far as the stand-in goes: it answers nothing, and remembers how a request was signed. */
  get bedrock(): Record<string, unknown> {
    return { credentials: 'variable', region: 'us-east-1', api_base: this.standIns.anthropic };
  }

  startProvider(): void {
    this.standIns.start(this.images.node as string);
  }

  read(file: string): string {
    return readFileSync(join(this.directory, file), 'utf8');
  }

  secret(name: SecretName): string {
    return new RegExp(`^${name} *= "(.*)"$`, 'm').exec(this.read('secrets.tfvars'))?.[1] ?? '';
  }

  putSecret(name: SecretName, value: string): void {
    const text = this.read('secrets.tfvars').replace(new RegExp(`^${name}( *)=.*$`, 'm'), `${name}$1= "${value}"`);
    writeFileSync(join(this.directory, 'secrets.tfvars'), text);
  }

  /** A workspace asks for its key with the token its template would have given it. */
  async workspaceKey(id: string): Promise<{ status: number; key: string | undefined }> {
    const body = { workspace_id: id, owner_id: 'owner', username: 'olivia' };
    const token = workspaceToken(this.secret('workspace_identity_secret'), body);
    const { status, json } = await this.ask(`http://localhost:${this.ports[1]}/api/v1/keys/workspace`, token, body);
    return { status, key: (json as { key?: string }).key };
  }

  /** Status of a completion with a key. */
  async completion(key: string, model = 'claude-haiku-4-5'): Promise<number> {
    const body = { model, messages: [{ role: 'user', content: 'Hello' }] };
    return (await this.ask(`http://localhost:${this.ports[0]}/v1/chat/completions`, key, body)).status;
  }

  /** What LiteLLM shows each provider to be let in: a key, or the name of the one it signs with. */
  async providerCredentials(key: string): Promise<Record<string, string | undefined>> {
    await this.standIns.takeRequests();
    await this.completion(key);
    await this.completion(key, 'bedrock-claude-haiku');
    const headers = (await this.standIns.takeRequests()).map((request) => request.headers);
    const signature = headers.map(({ authorization }) => authorization ?? '').find((text) => text.startsWith('AWS4-'));
    return {
      anthropic: headers.map((each) => each['x-api-key']).find(Boolean) as string | undefined,
      bedrock: /Credential=([^/]+)/.exec(signature ?? '')?.[1],
    };
  }

  /** Status of LiteLLM's own administration, asked with a master key. */
  async administration(masterKey: string): Promise<number> {
    const headers = { authorization: `Bearer ${masterKey}`, connection: 'close' };
    return (await fetch(`http://localhost:${this.ports[0]}/key/list`, { headers })).status;
  }

  remove(): void {
    this.standIns.remove();
    if (existsSync(join(this.directory, 'terraform.platform.tfstate')))
      command('make', ['destroy'], { cwd: this.directory, env: { ...this.environment, ASSUME_YES: '1' } });
    command('docker', ['volume', 'rm', '--force', `${this.name}-postgres-data`]);
    const images = docker('images', '--format', '{{.Repository}}:{{.Tag}}', `${this.name}-key-provisioner`);
    if (images) command('docker', ['image', 'rm', ...images.split('\n')]);
    rmSync(join(this.directory, '..'), { recursive: true, force: true });
  }

  private get environment(): NodeJS.ProcessEnv {
    return { ANTHROPIC_API_KEY: 'stand-in-provider-key', EDITOR: join(this.directory, '../editor'), CODER_TOKEN: '' };
  }

  private here(documented: string, words: Words): string {
    this.typed.add(documented);
    return Object.entries({ 'ai-gateway-': `${this.name}-`, ...words }).reduce(
      (line, [word, value]) => line.replaceAll(word, value),
      documented.replace(/^(gateway|cdktf) /, 'npx $1 '),
    );
  }

  private async ask(url: string, credential: string, body: object): Promise<{ status: number; json: unknown }> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify(body),
    });
    return { status: response.status, json: await response.json().catch(() => ({})) };
  }
}
