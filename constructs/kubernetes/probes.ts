import { IntOrString, type Probe } from 'cdk8s-plus-32/lib/imports/k8s';
import { PORTS } from '../../settings/ports';
import type { WorkloadName } from '../../workloads/value';
import type { Workload } from '../../workloads/workload';

/** How the kubelet asks, without a program in the container. */
interface Answer {
  readonly port: number;
  /** Path of an answer that says whether requests are served. @default - the workload's own health check */
  readonly ready?: string;
  /** Path of an answer that depends on nothing outside. @default - whether the port is open */
  readonly alive?: string;
}

/** A database that others depend on must not be restarted for theirs, nor they for its sake: alive is less than ready. */
const ANSWERS: Partial<Record<WorkloadName, Answer>> = {
  litellm: { port: PORTS.litellm, ready: '/health/readiness', alive: '/health/liveliness' },
  'key-provisioner': { port: PORTS.keyProvisioner, ready: '/health/ready', alive: '/health' },
  postgres: { port: PORTS.postgres },
};

const STARTUP_PERIOD_SECONDS = 5;

export interface Probes {
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}

/** Whether a container has started, serves, and is worth keeping. */
export function probes({ name, health }: Workload): Probes {
  const command = { exec: { command: [...health.command] } };
  const answer = ANSWERS[name];
  const http = (path: string, port: number) => ({ httpGet: { path, port: IntOrString.fromNumber(port) } });
  const ready = answer?.ready ? http(answer.ready, answer.port) : command;
  const open = (port: number) => ({ tcpSocket: { port: IntOrString.fromNumber(port) } });
  const alive = answer ? (answer.alive ? http(answer.alive, answer.port) : open(answer.port)) : command;
  const timing = { timeoutSeconds: health.timeoutSeconds, failureThreshold: health.retries };
  return {
    startupProbe: {
      // Not readiness: what waits for another would be restarted over and over.
      ...alive,
      periodSeconds: STARTUP_PERIOD_SECONDS,
      timeoutSeconds: health.timeoutSeconds,
      // A node may be busier than the host that the period was measured on.
      failureThreshold: Math.ceil((2 * health.startPeriodSeconds) / STARTUP_PERIOD_SECONDS) + health.retries,
    },
    readinessProbe: { ...ready, ...timing, periodSeconds: Math.min(health.intervalSeconds, 5) },
    livenessProbe: { ...alive, ...timing, periodSeconds: health.intervalSeconds },
  };
}
