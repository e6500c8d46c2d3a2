import type { FastifyBaseLogger } from 'fastify';
import type { CoderClient } from '../coder/client';
import type { LiteLLMClient } from '../litellm/client';
import { keyName } from './key-id';
import type { Ledger } from './ledger';

/** Lookups of single workspaces. Coder allows 512 in all; the rest is for confirming starts. */
const LOOKUPS_PER_MINUTE = 300;
/** Lookups in one run; further keys stay undecided, and the next run looks up another selection of them. */
const LOOKUPS_PER_RUN = 1500;
/** Lookups in a row without an answer, after which the rest of a run is left undecided. */
const MAX_UNANSWERED = 3;
/** Keys deleted with one call to LiteLLM. */
const DELETE_BATCH = 50;

interface Candidate {
  readonly name: string;
  readonly hash: string;
  readonly workspace: string;
}

/** What one search for deleted workspaces found. */
export interface GoneWorkspacesResult {
  readonly examined: number;
  /** Names of the keys that were deleted, or would be. */
  readonly deleted: string[];
  readonly kept: number;
  readonly undecided: number;
  /** Whether Coder answered every lookup. */
  readonly complete: boolean;
}

/**
 * Deletes keys whose workspace is gone. Coder's list of workspaces decides nearly all of them a hundred at a time; each
 * of the others is looked up by id, and only "410 Gone" ends a key: not 404, which an insufficient token gets too, nor an error.
 */
export class GoneWorkspaces {
  constructor(
    private readonly litellm: LiteLLMClient,
    private readonly ledger: Ledger,
    private readonly coder: CoderClient,
    private readonly log: FastifyBaseLogger,
    private readonly lookupsPerMinute = LOOKUPS_PER_MINUTE,
  ) {}

  async run(dryRun: boolean, signal: AbortSignal): Promise<GoneWorkspacesResult> {
    const { candidates, listed } = await this.collect();
    const { gone, undecided, complete } = await this.lookUp(candidates, signal);
    if (!dryRun) await this.delete(gone);
    const examined = listed + candidates.length;
    return {
      examined,
      deleted: gone.map(({ name }) => name),
      kept: examined - gone.length - undecided,
      undecided,
      complete,
    };
  }

  /** Keys whose workspace is in Coder's list are only counted; each of the others is looked up later. */
  private async collect(): Promise<{ candidates: Candidate[]; listed: number }> {
    const alive = await this.coder.listWorkspaceIds().catch((error: Error) => {
      this.log.warn({ reason: error.message }, 'reconciler: cannot list workspaces; looking up each one');
      return new Set<string>();
    });
    const candidates = new Map<string, Candidate>();
    const listed = new Set<string>();
    for await (const { id, hash } of this.ledger.all({ scope: 'workspace' })) {
      if (alive.has(id.subject.toLowerCase())) listed.add(hash);
      else candidates.set(hash, { name: keyName(id), hash, workspace: id.subject });
    }
    return { candidates: [...candidates.values()], listed: listed.size };
  }

  private async lookUp(
    all: readonly Candidate[],
    signal: AbortSignal,
  ): Promise<{ gone: Candidate[]; undecided: number; complete: boolean }> {
    const gone: Candidate[] = [];
    const candidates = all.length > LOOKUPS_PER_RUN ? shuffled(all).slice(0, LOOKUPS_PER_RUN) : all;
    let undecided = all.length - candidates.length;
    let unanswered = 0;
    const paceMs = 60_000 / this.lookupsPerMinute;
    // A burst for few, an even pace for many.
    const burst = 20;
    for (const [index, candidate] of candidates.entries()) {
      if (unanswered >= MAX_UNANSWERED || signal.aborted) {
        undecided += candidates.length - index;
        const reason = signal.aborted ? 'the service is stopping' : 'Coder does not answer';
        this.log.warn({ unasked: candidates.length - index, reason }, 'reconciler: no further lookups in this run');
        break;
      }
      const asked = Date.now();
      const state = await this.coder.lookUp(candidate.workspace).then(
        (answer) => answer.state,
        () => 'unanswered' as const,
      );
      unanswered = state === 'unanswered' ? unanswered + 1 : 0;
      if (state === 'deleted') gone.push(candidate);
      else if (state !== 'found') undecided += 1;
      if (index >= burst) await pause(paceMs - (Date.now() - asked));
    }
    return { gone, undecided, complete: unanswered === 0 && !signal.aborted };
  }

  private async delete(gone: readonly Candidate[]): Promise<void> {
    for (let start = 0; start < gone.length; start += DELETE_BATCH) {
      await this.litellm.deleteKeys(gone.slice(start, start + DELETE_BATCH).map(({ hash }) => hash));
    }
  }
}

const shuffled = <T>(items: readonly T[]) =>
  items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
const pause = (ms: number) => new Promise<void>((resolve) => (ms > 0 ? setTimeout(resolve, ms).unref() : resolve()));
