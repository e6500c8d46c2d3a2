import type { Lifecycle } from 'cdk8s-plus-32/lib/imports/k8s';
import type { Settings } from '../../settings/schema';
import type { Workload } from '../../workloads/workload';

/** Seconds in which the news that a pod is ending reaches every node; until then new connections still arrive. */
const NEWS_SECONDS = 5;

/** What ends at once when it is told to, with what is under way: kept back until nobody is connected any longer. */
const ENDS_AT_ONCE: readonly string[] = ['edge', 'door'];

export interface Drain {
  readonly lifecycle?: Lifecycle;
  readonly terminationGracePeriodSeconds: number;
}

/** How a pod ends without breaking a request that is under way, for as long as one may take. */
export function drain({ name, ports, stopGraceSeconds, persistent }: Workload, settings: Settings): Drain {
  // A database has no requests that outlast its own shutdown.
  if (persistent.length > 0) return { terminationGracePeriodSeconds: stopGraceSeconds };
  const wait = NEWS_SECONDS + settings.litellm.request_timeout_s + stopGraceSeconds;
  if (ENDS_AT_ONCE.includes(name)) {
    const command = ['sh', '-c', untilUnused(ports.map(({ port }) => port))];
    return { lifecycle: { preStop: { exec: { command } } }, terminationGracePeriodSeconds: wait };
  }
  return {
    lifecycle: { preStop: { sleep: { seconds: NEWS_SECONDS } } },
    // The key-provisioner's answers take seconds.
    terminationGracePeriodSeconds: name === 'litellm' ? wait : NEWS_SECONDS + stopGraceSeconds,
  };
}

/** Waits for the end of all connections (state 01) to these local ports, by what the kernel lists. */
function untilUnused(ports: readonly number[]): string {
  const local = ports.map((port) => port.toString(16).toUpperCase().padStart(4, '0')).join('|');
  return `sleep ${NEWS_SECONDS}; while cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qE ':(${local}) [0-9A-F]+:[0-9A-F]+ 01 '; do sleep 1; done`;
}
