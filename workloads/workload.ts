import type { EnvValue, WorkloadName } from './value';

/**
 * The platform's networks. `database`, `gateway` and `edge` lead nowhere else; on `gateway` stand LiteLLM and the two that
 * speak to it; `edge` is where workspaces' doors stand; `uplink` is the way out and the way in from the host;
 * `coder-database` joins a Coder server and its database.
 */
export type NetworkName = 'database' | 'gateway' | 'edge' | 'uplink' | 'coder-database';

/** A text file that a workload reads. */
export interface WorkloadFile {
  /** File name, `config.yaml`. */
  readonly name: string;
  readonly content: string;
}

/** A port of the workload that the host offers. */
export interface PublishedPort {
  readonly internal: number;
  readonly external: number;
  /** The host's address, IPv4 or IPv6. */
  readonly bind: string;
}

/** How a runtime finds out whether the workload works. Times are seconds. */
export interface HealthCheck {
  /** Program and arguments; no shell. Exit status 0 is healthy. */
  readonly command: readonly [string, ...string[]];
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  /** Failures within this time of the start do not count. */
  readonly startPeriod: number;
}

/** Where an image comes from: a pinned reference, or a folder of `images/` that is built. */
export type ImageSource =
  | { readonly kind: 'reference'; readonly reference: string }
  | { readonly kind: 'build'; readonly folder: string; readonly baseImage: string };

/** A directory kept across restarts, replacements and, where the settings say so, `destroy`. */
export interface KeptDirectory {
  /** Volume name without the deployment's prefix. */
  readonly name: string;
  readonly path: string;
}

/** A writable directory in memory. */
export interface ScratchDirectory {
  readonly path: string;
  readonly megabytes: number;
  /** Octal. @default '1777' */
  readonly mode?: string;
}

/**
 * One long-running part of the platform, described once and rendered by an adapter per runtime. Every workload has a read-only
 * root, no capabilities, no way to gain privileges, and a memory limit.
 */
export interface Workload {
  readonly name: WorkloadName;
  readonly image: ImageSource;
  /** Arguments for the image's entry point. @default - the image's own */
  readonly arguments?: readonly EnvValue[];
  readonly environment: Readonly<Record<string, EnvValue>>;
  /** Read-only files and the directory they stand in. @default - none */
  readonly files?: { readonly directory: string; readonly files: readonly WorkloadFile[] };
  readonly networks: readonly NetworkName[];
  /**
   * A workload whose place it took on a network: who still asks there for the container of that one meets this one.
   * @default - none
   */
  readonly inPlaceOf?: { readonly workload: WorkloadName; readonly network: NetworkName };
  readonly ports: readonly PublishedPort[];
  readonly health: HealthCheck;
  /** Memory limit, swap included, in MB. */
  readonly memoryMb: number;
  /** `uid:gid` of the processes. */
  readonly user: string;
  readonly scratch: readonly ScratchDirectory[];
  readonly kept: readonly KeptDirectory[];
  /** Shared memory in MB. @default - the runtime's */
  readonly sharedMemoryMb?: number;
  /** Workloads that have to be healthy first. */
  readonly after: readonly WorkloadName[];
  /** Seconds a stop may take before the processes are killed. */
  readonly stopGrace: number;
  /** Whether the workload manages containers itself, through the daemon's socket. @default false */
  readonly managesContainers?: boolean;
}
