import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Everything this service counts. One registry per application, so that several can live in one process. */
export class Metrics {
  readonly registry = new Registry();

  readonly requests = new Histogram({
    name: 'key_provisioner_request_duration_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.registry],
  });

  readonly upstreamCalls = new Histogram({
    name: 'key_provisioner_upstream_duration_seconds',
    help: 'Time of one call to LiteLLM or Coder',
    labelNames: ['upstream', 'operation', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  readonly decisions = new Counter({
    name: 'key_provisioner_decisions_total',
    help: 'Decisions about keys',
    labelNames: ['action', 'scope', 'outcome'] as const,
    registers: [this.registry],
  });

  readonly reconcilerKeys = new Gauge({
    name: 'key_provisioner_reconciler_keys',
    help: 'Workspace keys by what the last run of the reconciler found',
    labelNames: ['result'] as const,
    registers: [this.registry],
  });

  readonly reconcilerRuns = new Counter({
    name: 'key_provisioner_reconciler_runs_total',
    help: 'Runs of the reconciler',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });

  readonly reconcilerDuration = new Gauge({
    name: 'key_provisioner_reconciler_duration_seconds',
    help: 'How long the last run of the reconciler took',
    registers: [this.registry],
  });

  readonly reconcilerLastSuccess = new Gauge({
    name: 'key_provisioner_reconciler_last_success_timestamp_seconds',
    help: 'When the reconciler last finished a run in which Coder answered; dry runs do not count',
    registers: [this.registry],
  });

  readonly policyUpdates = new Counter({
    name: 'key_provisioner_policy_updates_total',
    help: "Updates of keys and people to today's policy by the reconciler, by outcome",
    labelNames: ['kind', 'outcome'] as const,
    registers: [this.registry],
  });

  readonly policyLastSuccess = new Gauge({
    name: 'key_provisioner_policy_last_success_timestamp_seconds',
    help: "When all keys were last compared with today's policy, none of them unreached; dry runs do not count",
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
