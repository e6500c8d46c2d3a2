import type { ContainerHealthcheck } from '@cdktf/provider-docker/lib/container';
import type { HealthCheck } from '../workloads/workload';
import { literal } from './workspace-text';

/** Seconds in the notation the Docker provider stores; any other spelling is a difference in every plan. */
export function goDuration(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return `${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}

/** A health check as Docker runs it, without a shell. */
export const dockerHealth = (health: HealthCheck): ContainerHealthcheck => ({
  test: ['CMD', ...health.command.map(literal)],
  interval: goDuration(health.interval),
  timeout: goDuration(health.timeout),
  retries: health.retries,
  startPeriod: goDuration(health.startPeriod),
});

/** Longest time until a workload is either healthy or known not to be. */
export const healthyWithin = ({ startPeriod, interval, timeout, retries }: HealthCheck): number =>
  startPeriod + (interval + timeout) * retries;
