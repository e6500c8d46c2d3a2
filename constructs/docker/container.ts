import type { ContainerConfig } from '@cdktf/provider-docker/lib/container';
import type { EnvValue } from '../../workloads/value';
import type { Quantity, ScratchDirectory, Workload } from '../../workloads/workload';
import { parameterExpression } from '../terraform/coder-data';
import { type Surroundings, terraformEnvironment, terraformTemplate } from '../terraform/value';
import { HARDENING } from './hardening';
import { dockerHealth, healthLabel } from './health';

/** What Terraform is told of a container: typed attributes, and expressions in the place of typed ones. */
export interface ContainerAttributes {
  readonly config: Omit<ContainerConfig, 'name' | 'image'>;
  /** By the attribute's name in Terraform. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** Microseconds in which a container may use its share of processor time. */
const CPU_PERIOD_US = 100_000;
const MB_PER_GB = 1024;

/**
 * What a workload itself decides about its container. Name, image, networks, volumes and further labels are decided by where it
 * runs.
 *
 * @param surroundings - what the workload's values refer to
 */
export function containerAttributes(workload: Workload, surroundings: Surroundings): ContainerAttributes {
  const environment = terraformEnvironment(workload.environment, surroundings);
  const health = dockerHealth(workload.health);
  const templates = (values: readonly EnvValue[]) => values.map((value) => terraformTemplate(value, surroundings));
  const { memoryMb, cpus, user, maxProcesses } = workload;
  return {
    config: {
      ...HARDENING,
      ...(workload.writableRoot ? {} : { readOnly: true }),
      ...(workload.entrypoint ? { entrypoint: templates(workload.entrypoint) } : {}),
      ...(workload.arguments ? { command: templates(workload.arguments) } : {}),
      ...(Array.isArray(environment) ? { env: environment } : {}),
      user: `${user.uid}:${user.gid}`,
      ...(workload.scratch.length > 0 ? { tmpfs: Object.fromEntries(workload.scratch.map(tmpfs)) } : {}),
      // Docker would allow as much swap again, and the provider would see a difference in every plan.
      ...(typeof memoryMb === 'number' ? { memory: memoryMb, memorySwap: memoryMb } : {}),
      ...(typeof cpus === 'number' ? { cpus: String(cpus) } : {}),
      // Not `cpus`: Docker refuses more of those than the host has.
      ...(typeof cpus === 'object' ? { cpuPeriod: CPU_PERIOD_US } : {}),
      ...(workload.sharedMemoryMb ? { shmSize: workload.sharedMemoryMb } : {}),
      // Counted per user id on the host: it keeps a fork bomb from taking the host down, not from its neighbours.
      ...(maxProcesses ? { ulimit: [{ name: 'nproc', soft: maxProcesses, hard: maxProcesses }] } : {}),
      ...(workload.init ? { init: true } : {}),
      ...(workload.stopSignal ? { stopSignal: workload.stopSignal } : {}),
      restart: 'unless-stopped',
      destroyGraceSeconds: workload.stopGraceSeconds,
      healthcheck: health,
      labels: [healthLabel(health)],
    },
    overrides: {
      ...(typeof environment === 'string' ? { env: environment } : {}),
      ...(typeof memoryMb === 'object'
        ? { memory: times(memoryMb, MB_PER_GB), memory_swap: times(memoryMb, MB_PER_GB) }
        : {}),
      ...(typeof cpus === 'object' ? { cpu_quota: times(cpus, CPU_PERIOD_US) } : {}),
    },
  };
}

/** Where Docker writes a container's output, and how much of it it keeps. */
export const rotatedLog = (megabytes: number, files: number) => ({
  logDriver: 'json-file',
  logOpts: { 'max-file': String(files), 'max-size': `${megabytes}m` },
});

const times = ({ parameter }: Exclude<Quantity, number>, factor: number): string =>
  `\${tonumber(${parameterExpression(parameter)}) * ${factor}}`;

const tmpfs = ({ path, megabytes, mode = '1777' }: ScratchDirectory): [string, string] => [
  path,
  `rw,noexec,nosuid,nodev,size=${megabytes}m,mode=${mode}`,
];
