import { spawn } from 'node:child_process';
import { z } from 'zod';
import type { Environment } from '../environment';
import { linesOf } from './lines-of';
import type { LogOptions, Output, Runtime, RuntimeCommands, WorkloadState } from './runtime';

const containerSchema = z.object({
  Id: z.string(),
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
  Config: z.object({ Env: z.array(z.string()).nullish() }),
});
type Container = z.infer<typeof containerSchema>;

export interface DockerRuntimeProps {
  readonly env: Environment;
  readonly now: () => Date;
  /** The daemon of the settings. `DOCKER_HOST` in the environment goes first. @default - as the docker command is set up */
  readonly host?: string;
}

const TIMEOUT_MS = 20_000;
const DAY_MS = 24 * 3600 * 1000;
/** Docker remembers for as long as a container lives; what has run well for this long is no longer a fault. */
const RECENT_MS = DAY_MS;

/** Docker, by its command, as the user has set it up: nothing else knows their contexts, TLS and SSH. */
export class DockerRuntime implements Runtime {
  readonly name = 'Docker';
  readonly commands = COMMANDS;
  readonly remoteHost?: string;
  private readonly env: Environment;
  private readonly now: () => Date;

  constructor({ env, now, host }: DockerRuntimeProps) {
    const chosen = env['DOCKER_HOST'] || host;
    this.env = { ...env, ...(chosen ? { DOCKER_HOST: chosen } : {}) };
    this.now = now;
    if (chosen && !chosen.startsWith('unix:')) this.remoteHost = chosen;
  }

  async unavailable(): Promise<string | undefined> {
    const { code, stderr } = await this.docker(['version', '--format', '{{.Server.Version}}']);
    if (code === 0) return undefined;
    return code === 127 ? 'the docker command is not installed' : (stderr.trim().split('\n').at(-1) ?? 'no answer');
  }

  async state(container: string): Promise<WorkloadState | undefined> {
    const inspected = await this.inspect(container);
    return inspected && stateOf(inspected);
  }

  async log(container: string, { lines = 400, since }: LogOptions = {}): Promise<string> {
    const newer = since ? ['--since', since] : [];
    const { stdout, stderr } = await this.docker(['logs', '--tail', String(lines), ...newer, container]);
    return `${stdout}${stderr}`;
  }

  exec(container: string, script: string, timeoutMs = TIMEOUT_MS): Promise<Output> {
    return this.docker(['exec', '-i', container, 'sh', '-s'], script, timeoutMs);
  }

  execLines(container: string, script: string): AsyncIterable<string> {
    return linesOf(spawn('docker', ['exec', '-i', container, 'sh', '-s'], { env: this.env }), script);
  }

  async memoryKill(container: string): Promise<string | undefined> {
    const inspected = await this.inspect(container);
    return inspected && (this.inspectedKill(inspected) ?? (await this.rememberedKill(inspected)));
  }

  private async inspect(container: string): Promise<Container | undefined> {
    const { code, stdout } = await this.docker(['container', 'inspect', container]);
    if (code !== 0) return undefined;
    const parsed = z.array(containerSchema).min(1).safeParse(JSON.parse(stdout));
    return parsed.success ? parsed.data[0] : undefined;
  }

  /** What the container itself says. Newer versions of Docker forget it when the container starts again. */
  private inspectedKill({ State, RestartCount }: Container): string | undefined {
    const runsWellMs = this.now().getTime() - Date.parse(State.StartedAt);
    if (!State.OOMKilled || (State.Running && runsWellMs > RECENT_MS)) return undefined;
    // It ended and runs again, but Docker did not restart it: the fault was dealt with.
    if (State.Running && RestartCount === 0 && !State.FinishedAt.startsWith('0001')) return undefined;
    return `docker inspect: OOMKilled, ${RestartCount} restarts, last ended ${State.FinishedAt.slice(0, 19)}Z`;
  }

  /** What the daemon remembers: its last few hundred events. A container that somebody started since then counts from zero. */
  private async rememberedKill({ Id, RestartCount }: Container): Promise<string | undefined> {
    if (RestartCount === 0) return undefined;
    const until = this.now();
    const since = new Date(until.getTime() - DAY_MS);
    const { code, stdout } = await this.docker([
      ...['events', '--since', since.toISOString(), '--until', until.toISOString(), '--format', '{{.TimeNano}}'],
      ...['--filter', 'type=container', '--filter', `container=${Id}`, '--filter', 'event=oom'],
    ]);
    const lastNs = Number(stdout.trim().split('\n').at(-1));
    if (code !== 0 || !(lastNs > 0)) return undefined;
    return `docker events: oom at ${new Date(lastNs / 1e6).toISOString().slice(0, 19)}Z, ${RestartCount} restarts`;
  }

  private docker(arguments_: readonly string[], input = '', timeoutMs = TIMEOUT_MS): Promise<Output> {
    return new Promise((resolve) => {
      const child = spawn('docker', arguments_, { env: this.env, stdio: ['pipe', 'pipe', 'pipe'] });
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

const COMMANDS: RuntimeCommands = {
  start: (container) => `docker start ${container}`,
  restart: (...containers) => `docker restart ${containers.join(' ')}`,
  log: (container) => `docker logs --tail 50 ${container}`,
  followLog: (container) => `docker logs --follow ${container}`,
  exec: (container, command) => `docker exec ${container} ${command}`,
  execInteractively: (container, command) => `docker exec -it ${container} ${command}`,
  list: (word) => `docker ps --all${word ? ` --filter name=${word}` : ''}`,
  memoryUsage: 'docker stats --no-stream',
  diskUsage: 'docker system df -v',
  freeDisk: 'docker image prune',
};

const HEALTHS = ['starting', 'healthy', 'unhealthy'] as const;

function stateOf({ State, Config, RestartCount }: Container): WorkloadState {
  return {
    // Docker calls a container running, too, while it waits to be started again.
    phase: State.Status === 'restarting' ? 'restarting' : State.Running ? 'running' : 'stopped',
    status: State.Status,
    exitCode: State.ExitCode,
    health: HEALTHS.find((health) => health === State.Health?.Status) ?? 'unknown',
    restarts: RestartCount,
    startedAt: State.StartedAt,
    environment: new Map(
      (Config.Env ?? []).map((entry) => {
        const [name = '', ...value] = entry.split('=');
        return [name, value.join('=')];
      }),
    ),
  };
}
