import type { FastifyBaseLogger } from 'fastify';
import type { Audit } from '../audit';
import type { ReconcileResponse } from '../contract';
import type { Metrics } from '../metrics';
import { unavailable } from '../problem';
import type { GoneWorkspaces } from './gone-workspaces';
import type { PolicySweep } from './policy-sweep';

/** What a run does. */
export interface ReconcileOptions {
  readonly dryRun: boolean;
  /** Skips the keys of deleted workspaces, which take as long to find as Coder takes to answer. @default false */
  readonly policyOnly?: boolean;
}

/** Makes the keys in LiteLLM what they should be: today's policy on all of them, and none for a deleted workspace. */
export class Reconciler {
  private running: { readonly kind: string; readonly result: Promise<ReconcileResponse> } | undefined;
  private readonly stopping = new AbortController();

  constructor(
    private readonly sweep: PolicySweep,
    /** Needs Coder and a token for it. */
    private readonly goneWorkspaces: GoneWorkspaces | undefined,
    private readonly metrics: Metrics,
    private readonly audit: Audit,
    private readonly log: FastifyBaseLogger,
  ) {}

  /** One run at a time: a call during a run of the same kind waits for its result. */
  async run(options: ReconcileOptions): Promise<ReconcileResponse> {
    const kind = JSON.stringify([options.dryRun, options.policyOnly ?? false]);
    while (this.running) {
      const { kind: other, result } = this.running;
      if (other === kind) return result;
      await result.catch(() => undefined);
    }
    const result = this.runOnce(options).finally(() => {
      this.running = undefined;
    });
    this.running = { kind, result };
    return result;
  }

  /** Ends a run in progress after the calls it has started; there are no further runs. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running?.result.catch(() => undefined);
  }

  private async runOnce({ dryRun, policyOnly = false }: ReconcileOptions): Promise<ReconcileResponse> {
    const started = Date.now();
    const { signal } = this.stopping;
    try {
      if (signal.aborted) throw unavailable('the key-provisioner is shutting down; try again');
      const policy = await this.sweep.run(dryRun, signal);
      const gone = policyOnly ? undefined : await this.goneWorkspaces?.run(dryRun, signal);
      const { complete = true, ...workspaces } = gone ?? { examined: 0, deleted: [], kept: 0, undecided: 0 };
      if (!dryRun) this.recordDeleted(workspaces.deleted);
      const result: ReconcileResponse = {
        dry_run: dryRun,
        ...policy,
        workspaces_checked: gone !== undefined,
        ...workspaces,
        duration_ms: Date.now() - started,
      };
      this.count(result, complete);
      const { updated, people, failed, deleted, ...counts } = result;
      for (const { name, reason } of failed) this.log.warn({ name, reason }, 'reconciler: policy not applied');
      this.log.info({ reconciler: { ...counts, deleted: deleted.length } }, 'reconciler: run finished');
      return result;
    } catch (error) {
      this.metrics.reconcilerRuns.inc({ outcome: 'failed' });
      throw error;
    }
  }

  private recordDeleted(names: readonly string[]): void {
    for (const key of names) {
      this.audit.record({ action: 'delete', actor: 'reconciler', key, scope: 'workspace', outcome: 'done' });
    }
  }

  private count(result: ReconcileResponse, coderAnswered: boolean): void {
    const { dry_run, workspaces_checked, unreached, deleted, kept, undecided, duration_ms } = result;
    const complete = coderAnswered && unreached === 0;
    this.metrics.reconcilerRuns.inc({ outcome: dry_run ? 'dry-run' : complete ? 'done' : 'incomplete' });
    this.metrics.reconcilerDuration.set(duration_ms / 1000);
    if (!workspaces_checked) return;
    this.metrics.reconcilerKeys.set({ result: 'gone' }, deleted.length);
    this.metrics.reconcilerKeys.set({ result: 'kept' }, kept);
    this.metrics.reconcilerKeys.set({ result: 'undecided' }, undecided);
    if (coderAnswered && !dry_run) this.metrics.reconcilerLastSuccess.setToCurrentTime();
  }
}
