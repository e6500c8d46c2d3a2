import { createHash } from 'node:crypto';
import type { ContainerHealthcheck } from '@cdktf/provider-docker/lib/container';
import type { HealthCheck } from '../../workloads/workload';
import { literal } from '../terraform/literal';

/** Seconds in the notation the Docker provider stores; any other spelling is a difference in every plan. */
export function goDuration(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return `${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}

/** A health check as Docker runs it, without a shell. */
export const dockerHealth = (health: HealthCheck): ContainerHealthcheck => ({
  test: ['CMD', ...health.command.map(literal)],
  interval: goDuration(health.intervalSeconds),
  timeout: goDuration(health.timeoutSeconds),
  retries: health.retries,
  startPeriod: goDuration(health.startPeriodSeconds),
});

/** Longest time until a workload is either healthy or known not to be. */
export const healthyWithinSeconds = (health: HealthCheck): number =>
  health.startPeriodSeconds + (health.intervalSeconds + health.timeoutSeconds) * health.retries;

/** How long Terraform waits for it: half a minute more, for a container to be made and started. */
export const waitTimeoutSeconds = (health: HealthCheck): number => healthyWithinSeconds(health) + 30;

/**
 * A label that changes with the health check. The provider "updates" a health check without any effect on the
 * container; a changed label replaces it.
 */
export function healthLabel(health: ContainerHealthcheck): { label: string; value: string } {
  const value = createHash('sha256').update(JSON.stringify(health)).digest('hex').slice(0, 12);
  return { label: 'ai-gateway.health', value };
}
