import { spawn } from 'node:child_process';
import { z } from 'zod';

/** What a command printed and how it ended; 127 where the program is not there, 124 where it took too long. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const containerSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  RestartCount: z.number().default(0),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    OOMKilled: z.boolean().default(false),
    ExitCode: z.number(),
    StartedAt: z.string().default(''),
    FinishedAt: z.string().default(''),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Config: z.object({ Env: z.array(z.string()).nullish(), Image: z.string().default('') }),
  NetworkSettings: z.object({ Networks: z.record(z.string(), z.unknown()).nullish() }),
});
export type Container = z.infer<typeof containerSchema>;

/** The docker command, as the person has it: nothing else knows their contexts, TLS and SSH. */
export class Docker {
  private readonly environment: NodeJS.ProcessEnv;

  constructor(host?: string) {
    this.environment = { ...process.env, ...(process.env['DOCKER_HOST'] || !host ? {} : { DOCKER_HOST: host }) };
  }

  /** Whether a daemon answers; otherwise why not. */
  async unavailable(): Promise<string | undefined> {
    const { code, stderr } = await this.run(['version', '--format', '{{.Server.Version}}']);
    if (code === 0) return undefined;
    return code === 127 ? 'the docker command is not installed' : (stderr.trim().split('\n').at(-1) ?? 'no answer');
  }

  /** A container's state, or nothing where there is no such container. */
  async inspect(name: string): Promise<Container | undefined> {
    const { code, stdout } = await this.run(['container', 'inspect', name]);
    if (code !== 0) return undefined;
    const parsed = z.array(containerSchema).min(1).safeParse(JSON.parse(stdout));
    return parsed.success ? parsed.data[0] : undefined;
  }

  /** The last lines a container wrote, both streams; with `since` only those as new as that, such as `3m`. */
  async logs(name: string, { lines = 400, since = '' } = {}): Promise<string> {
    const newer = since ? ['--since', since] : [];
    const { stdout, stderr } = await this.run(['logs', '--tail', String(lines), ...newer, name]);
    return `${stdout}${stderr}`;
  }

  /** When something last happened to a container of this id, as far back as the daemon remembers. ISO date, or nothing. */
  async lastEvent(id: string, event: string): Promise<string | undefined> {
    const now = new Date();
    const dayAgo = new Date(now.getTime() - 24 * 3600 * 1000);
    const { code, stdout } = await this.run([
      ...['events', '--since', dayAgo.toISOString(), '--until', now.toISOString(), '--format', '{{.TimeNano}}'],
      ...['--filter', 'type=container', '--filter', `container=${id}`, '--filter', `event=${event}`],
    ]);
    const last = Number(stdout.trim().split('\n').at(-1));
    return code === 0 && last > 0 ? new Date(last / 1e6).toISOString() : undefined;
  }

  /** Runs a shell script in a container as its own user; the script goes over standard input, not through arguments. */
  sh = (container: string, script: string, timeoutMs = 20_000): Promise<Output> =>
    this.run(['exec', '-i', container, 'sh', '-s'], script, timeoutMs);

  run(arguments_: readonly string[], input = '', timeoutMs = 20_000): Promise<Output> {
    return new Promise((resolve) => {
      const child = spawn('docker', arguments_, { env: this.environment, stdio: ['pipe', 'pipe', 'pipe'] });
      let stdout = '';
      let stderr = '';
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        resolve({ code: 124, stdout, stderr: `no answer in ${timeoutMs / 1000} s` });
      }, timeoutMs);
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk));
      child.once('error', (error) => {
        clearTimeout(timer);
        resolve({ code: 127, stdout, stderr: error.message });
      });
      child.once('close', (code) => {
        clearTimeout(timer);
        resolve({ code: code ?? 1, stdout, stderr });
      });
      // A command that ends before it has read its input is judged by its exit code.
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });
  }
}
