/** What a program printed and how it ended; 127 where it is not there, 124 where it took too long. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A workload as its runtime sees it: a container of Docker, a pod of Kubernetes. */
export interface WorkloadState {
  /** `restarting`: it ends after each start and is started again. */
  readonly phase: 'running' | 'restarting' | 'stopped';
  /** The same in the runtime's own word, for evidence: `exited`, `CrashLoopBackOff`. */
  readonly status: string;
  /** Of its last end; 0 where it never ended. */
  readonly exitCode: number;
  /** Of its health check; `unknown` where it has none. */
  readonly health: 'starting' | 'healthy' | 'unhealthy' | 'unknown';
  /** How often the runtime started it again by itself. */
  readonly restarts: number;
  /** ISO date of the last start. */
  readonly startedAt: string;
  /** The environment variables it was given. */
  readonly environment: ReadonlyMap<string, string>;
}

export interface LogOptions {
  /** The last so many. @default 400 */
  readonly lines?: number;
  /** Only lines as new as that: a span such as `3m`, or an ISO date. @default - as old as there are */
  readonly since?: string;
}

/** What runs a deployment and its workspaces. Workloads are named as the runtime's own tools name them. */
export interface Runtime {
  /** For messages: `Docker`. */
  readonly name: string;
  /** Where it runs, if not on this machine. */
  readonly remoteHost?: string;
  /** Why the runtime cannot be used; undefined where it answers. */
  unavailable(): Promise<string | undefined>;
  /** Undefined where there is no such workload. */
  state(workload: string): Promise<WorkloadState | undefined>;
  /** What a workload printed, both streams. */
  log(workload: string, options?: LogOptions): Promise<string>;
  /** Runs a shell script inside a workload as its own user; the script goes over standard input, not through arguments. */
  exec(workload: string, script: string, timeoutMs?: number): Promise<Output>;
  /**
   * The same for much output: the lines of standard output as they come, in bounded memory and without a limit of time.
   *
   * @throws Error with standard error where the script fails
   */
  execLines(workload: string, script: string): AsyncIterable<string>;
  /**
   * Evidence that a workload was ended for needing too much memory; undefined where it was not, or where somebody has started it
   * since.
   */
  memoryKill(workload: string): Promise<string | undefined>;
  readonly commands: RuntimeCommands;
}

/** The same as commands to paste, for advice. */
export interface RuntimeCommands {
  start(workload: string): string;
  restart(...workloads: string[]): string;
  log(workload: string): string;
  followLog(workload: string): string;
  exec(workload: string, command: string): string;
  /** Like {@link exec}, for a command that asks questions. */
  execInteractively(workload: string, command: string): string;
  /** Lists workloads, stopped ones too; with a word only those whose names contain it. */
  list(word?: string): string;
  /** How much memory each workload uses. */
  readonly memoryUsage: string;
  /** What takes the disk space that the runtime uses. */
  readonly diskUsage: string;
  /** Frees disk space that the runtime no longer needs. */
  readonly freeDisk: string;
}

/** A state in a few words, for evidence. */
export const describeState = ({ status, exitCode, health }: WorkloadState): string =>
  `${status}, exit code ${exitCode}, health ${health}`;
