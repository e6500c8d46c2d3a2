import type { EnvValue, WorkloadName } from './value';

/** A text file that a workload reads. */
export interface WorkloadFile {
  /** File name, `config.yaml`. */
  readonly name: string;
  readonly content: string;
}

/**
 * That a workload opens connections to a port of another one, or to addresses outside the platform. What is not listed is not
 * reachable: each runtime derives its networks or network policies from these.
 */
export interface Connection {
  /** `internet`: any address outside the platform. */
  readonly to: WorkloadName | 'internet';
  /** TCP port; of `internet`, every port. */
  readonly port?: number;
}

/** A port on which a workload serves other workloads. */
export interface ServicePort {
  /** What is spoken there: `http`, `postgres`. */
  readonly name: string;
  readonly port: number;
}

/** A service port that the host offers too. */
export interface PublishedPort {
  /** The workload's port. */
  readonly port: number;
  /** The host's port. */
  readonly hostPort: number;
  /** The host's address, IPv4 or IPv6. */
  readonly bind: string;
}

/** How a runtime finds out whether the workload works. */
export interface HealthCheck {
  /** Program and arguments; no shell. Exit status 0 is healthy. */
  readonly command: readonly [string, ...string[]];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  /** Failures within this time of the start do not count. */
  readonly startPeriodSeconds: number;
}

/** Where an image comes from: a pinned reference, or a folder of `images/` that is built. */
export type ImageSource =
  | { readonly kind: 'reference'; readonly reference: string }
  | { readonly kind: 'build'; readonly folder: string; readonly baseImage: string };

/** A number, or one that the person who creates the workspace chooses. */
export type Quantity = number | { readonly parameter: string };

/** A directory that outlives restarts, replacements and, where the settings say so, `destroy`. */
export interface PersistentDirectory {
  /** Volume name without the deployment's prefix. */
  readonly name: string;
  readonly path: string;
  /** Space that is asked for, in GB. A runtime without quotas does not enforce it. */
  readonly sizeGb: Quantity;
}

/** A writable directory in memory. */
export interface ScratchDirectory {
  readonly path: string;
  readonly megabytes: number;
  /** Octal. @default '1777' */
  readonly mode?: string;
}

/** The user whose rights the processes have; never root. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/**
 * One long-running part of a deployment, described once and rendered by an adapter per runtime. Every workload runs without
 * capabilities, without a way to gain privileges, and within a memory limit.
 */
export interface Workload {
  readonly name: WorkloadName;
  /**
   * The name under which others reach it, which replicas share.
   * @default - its own name
   */
  readonly service?: WorkloadName;
  readonly image: ImageSource;
  /** Program and arguments that take the place of the image's entry point. @default - the image's own */
  readonly entrypoint?: readonly EnvValue[];
  /** Arguments for the entry point. @default - the image's own */
  readonly arguments?: readonly EnvValue[];
  readonly environment: Readonly<Record<string, EnvValue>>;
  /** Read-only files and the directory they stand in. @default - none */
  readonly files?: { readonly directory: string; readonly files: readonly WorkloadFile[] };
  readonly connects: readonly Connection[];
  /** Ports on which others reach it. */
  readonly ports: readonly ServicePort[];
  /** Ports that the host offers. */
  readonly published: readonly PublishedPort[];
  /**
   * Another workload whose requests from workspaces this one takes over, for doors that were made before it existed.
   * @default - none
   */
  readonly takesOverFrom?: WorkloadName;
  readonly health: HealthCheck;
  /** Memory limit, swap included, in MB; a parameter's value is in GB. */
  readonly memoryMb: Quantity;
  /** Processor cores, a hard limit. @default - as many as there are */
  readonly cpus?: Quantity;
  /** Processes of one user at most. @default - the runtime's */
  readonly maxProcesses?: number;
  readonly user: User;
  /** Whether the image's own files can be changed while it runs. @default false */
  readonly writableRoot?: boolean;
  readonly scratch: readonly ScratchDirectory[];
  readonly persistent: readonly PersistentDirectory[];
  /** Shared memory in MB. @default - the runtime's */
  readonly sharedMemoryMb?: number;
  /** Workloads that have to be healthy first. */
  readonly dependsOn: readonly WorkloadName[];
  /** What asks the processes to end. @default - the image's own, mostly SIGTERM */
  readonly stopSignal?: 'SIGTERM';
  /** Seconds a stop may take before the processes are killed. */
  readonly stopGraceSeconds: number;
  /** Whether a small init process reaps children and passes signals on. @default false */
  readonly init?: boolean;
  /** Whether it creates the containers of workspaces, and needs the runtime's own interface for that. @default false */
  readonly managesWorkspaces?: boolean;
}
