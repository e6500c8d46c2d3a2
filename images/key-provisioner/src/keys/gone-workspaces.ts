import type { FastifyBaseLogger } from 'fastify';
import type { CoderClient } from '../coder/client';
import type { LiteLLMClient } from '../litellm/client';
import { keyName } from './key-id';
import type { Ledger } from './ledger';

/** Questions about single workspaces a minute. Coder allows 512 in all; the rest is for confirming starts. */
const QUESTIONS_A_MINUTE = 300;
/** Questions in one run; the keys beyond stay undecided, and another choice of them is asked about in the next run. */
const QUESTIONS_A_RUN = 1500;
/** Questions in a row without any answer, after which the rest of a run is left undecided. */
const SILENCE = 3;
/** Keys deleted with one call to LiteLLM. */
const BATCH = 50;

interface Candidate {
  readonly name: string;
  readonly hash: string;
  readonly workspace: string;
}

export interface GoneWorkspacesResult {
  readonly examined: number;
  /** Names of the keys that were deleted, or would be. */
  readonly deleted: string[];
  readonly kept: number;
  readonly undecided: number;
  /** Whether Coder answered to the end. */
  readonly complete: boolean;
}

/**
 * Deletes keys whose workspace is gone. Coder's list of workspaces settles nearly all of them a hundred at a time; each of
 * the others is asked about by id, and only "410 Gone" ends a key: not 404, which an insufficient token gets too, nor an error.
 */
export class GoneWorkspaces {
  constructor(
    private readonly litellm: LiteLLMClient,
    private readonly ledger: Ledger,
    private readonly coder: CoderClient,
    private readonly log: FastifyBaseLogger,
    private readonly questionsAMinute = QUESTIONS_A_MINUTE,
  ) {}

  async run(dryRun: boolean, signal: AbortSignal): Promise<GoneWorkspacesResult> {
    const { candidates, listed } = await this.collect();
    const { gone, undecided, complete } = await this.ask(candidates, signal);
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

  /** Keys whose workspace is in Coder's list are only counted; the others are kept for a question each. */
  private async collect(): Promise<{ candidates: Candidate[]; listed: number }> {
    const alive = await this.coder.listWorkspaceIds().catch((error: Error) => {
      this.log.warn({ reason: error.message }, 'reconciler: no list of workspaces, asking about each');
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

  private async ask(
    all: readonly Candidate[],
    signal: AbortSignal,
  ): Promise<{ gone: Candidate[]; undecided: number; complete: boolean }> {
    const gone: Candidate[] = [];
    const candidates = all.length > QUESTIONS_A_RUN ? shuffled(all).slice(0, QUESTIONS_A_RUN) : all;
    let undecided = all.length - candidates.length;
    let unanswered = 0;
    const pace = 60_000 / this.questionsAMinute;
    // A burst for few, an even pace for many.
    const burst = 20;
    for (const [index, candidate] of candidates.entries()) {
      if (unanswered >= SILENCE || signal.aborted) {
        undecided += candidates.length - index;
        const reason = signal.aborted ? 'the service stops' : 'Coder does not answer';
        this.log.warn({ unasked: candidates.length - index, reason }, 'reconciler: this run asks no further');
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
      if (index >= burst) await pause(pace - (Date.now() - asked));
    }
    return { gone, undecided, complete: unanswered === 0 && !signal.aborted };
  }

  private async delete(gone: readonly Candidate[]): Promise<void> {
    for (let start = 0; start < gone.length; start += BATCH) {
      await this.litellm.deleteKeys(gone.slice(start, start + BATCH).map(({ hash }) => hash));
    }
  }
}

const shuffled = <T>(items: readonly T[]) =>
  items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
const pause = (ms: number) => new Promise<void>((resolve) => (ms > 0 ? setTimeout(resolve, ms).unref() : resolve()));
