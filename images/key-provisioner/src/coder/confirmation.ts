import type { FastifyBaseLogger } from 'fastify';
import { forbidden, unavailable } from '../problem';
import { UpstreamUnavailable } from '../upstream/upstream';
import type { CoderClient, WorkspaceAnswer } from './client';

/** How long a confirmation is good without asking again. */
const FRESH_MS = 30_000;
/** How long a confirmation is good while Coder is unreachable. */
const TRUSTED_MS = 10 * 60_000;
/** Most confirmations remembered. */
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
   * @throws Problem 403 where Coder says no, 503 where Coder is unreachable and did not confirm the workspace lately
   */
  async confirm(workspaceId: string, ownerId: string): Promise<void> {
    const key = JSON.stringify([workspaceId, ownerId]);
    const known = this.confirmed.get(key) ?? Number.NEGATIVE_INFINITY;
    if (Date.now() - known < FRESH_MS) return;
    let answer: WorkspaceAnswer;
    try {
      answer = await this.coder.lookUp(workspaceId);
    } catch (error) {
      if (!(error instanceof UpstreamUnavailable)) throw error;
      if (Date.now() - known < TRUSTED_MS) {
        this.log.warn({ workspace: workspaceId, reason: error.message }, 'Coder is unreachable; using its last answer');
        return;
      }
      throw unavailable('Coder is unreachable and cannot confirm this workspace right now; try again', error);
    }
    this.confirmed.delete(key);
    assertConfirmed(answer, workspaceId, ownerId);
    this.remember(key);
  }

  private remember(key: string): void {
    const [oldest] = this.confirmed.keys();
    if (this.confirmed.size >= CAPACITY && oldest !== undefined) this.confirmed.delete(oldest);
    this.confirmed.set(key, Date.now());
  }
}

function assertConfirmed(answer: WorkspaceAnswer, workspaceId: string, ownerId: string): void {
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
