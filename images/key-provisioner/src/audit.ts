import type { FastifyBaseLogger } from 'fastify';
import type { Metrics } from './metrics';

/** One decision: who asked for what, about which key, and the outcome. Never a secret. */
export interface Decision {
  readonly action:
    | 'issue'
    | 'configure'
    | 'self-service'
    | 'rotate'
    | 'create'
    | 'bootstrap'
    | 'revoke'
    | 'restore'
    | 'delete'
    | 'reset-spend'
    | 'correct-spend'
    | 'update'
    | 'reconcile'
    | 'authenticate';
  /** `workspace <id>`, `person <id>`, `operator`, `reconciler`; `somebody` for a caller who did not prove who they are. */
  readonly actor: string;
  /** The key's name, where there is one. */
  readonly key?: string;
  readonly scope?: string;
  /** The person's id, where a person's cap was decided about. */
  readonly person?: string;
  readonly outcome: 'created' | 'reused' | 'done' | 'refused' | 'failed';
  readonly reason?: string;
}

/** Writes one structured line per decision and counts it. */
export class Audit {
  constructor(
    private readonly log: FastifyBaseLogger,
    private readonly metrics: Metrics,
  ) {}

  record(decision: Decision, requestId?: string): void {
    const { action, scope = 'none', outcome } = decision;
    this.metrics.decisions.inc({ action, scope, outcome });
    this.log.info({ audit: decision, ...(requestId ? { reqId: requestId } : {}) }, `audit: ${action} ${outcome}`);
  }
}
