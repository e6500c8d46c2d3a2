import type { FastifyBaseLogger } from 'fastify';
import { forbidden, unavailable } from '../problem';
import { UpstreamUnavailable } from '../upstream/upstream';
import type { CoderClient, WorkspaceAnswer } from './client';

/** For how long a good answer spares the next question, in milliseconds. */
const FRESH = 30_000;
/** For how long a good answer still counts while Coder is away. */
const TRUSTED = 10 * 60_000;
/** Good answers remembered at most. */
const CAPACITY = 10_000;

/** Asks Coder whether a workspace that proved its identity exists, belongs to its owner, and is starting or running. */
export class Confirmation {
  private readonly confirmed = new Map<string, number>();

  constructor(
    private readonly coder: CoderClient,
    private readonly log: FastifyBaseLogger,
  ) {}

  /**
   * Returns for a workspace that may have a key.
   *
   * @throws Problem 403 where Coder says no, 503 where Coder is away and nothing good was heard lately
   */
  async confirm(workspaceId: string, ownerId: string): Promise<void> {
    const key = JSON.stringify([workspaceId, ownerId]);
    const known = this.confirmed.get(key) ?? Number.NEGATIVE_INFINITY;
    if (Date.now() - known < FRESH) return;
    let answer: WorkspaceAnswer;
    try {
      answer = await this.coder.lookUp(workspaceId);
    } catch (error) {
      if (!(error instanceof UpstreamUnavailable)) throw error;
      if (Date.now() - known < TRUSTED) {
        this.log.warn({ workspace: workspaceId, reason: error.message }, 'coder is away; going by its last answer');
        return;
      }
      throw unavailable('Coder cannot be asked about this workspace right now; try again', error);
    }
    this.confirmed.delete(key);
    judge(answer, workspaceId, ownerId);
    this.remember(key);
  }

  private remember(key: string): void {
    const [oldest] = this.confirmed.keys();
    if (this.confirmed.size >= CAPACITY && oldest !== undefined) this.confirmed.delete(oldest);
    this.confirmed.set(key, Date.now());
  }
}

function judge(answer: WorkspaceAnswer, workspaceId: string, ownerId: string): void {
  if (answer.state === 'deleted') throw forbidden('this workspace was deleted');
  if (answer.state === 'unknown') throw forbidden('Coder does not know this workspace');
  const { workspace } = answer;
  const { transition, status } = workspace.latest_build;
  if (workspace.id.toLowerCase() !== workspaceId.toLowerCase() || workspace.owner_id !== ownerId) {
    throw forbidden('this workspace belongs to somebody else');
  }
  if (transition !== 'start' || !['pending', 'starting', 'running'].includes(status)) {
    throw forbidden(`this workspace is neither starting nor running (${transition}, ${status})`);
  }
}
