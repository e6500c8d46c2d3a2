import type { CoderClient, WorkspaceAnswer } from '../coder/client';
import { forbidden, unavailable } from '../problem';
import { UpstreamUnavailable } from '../upstream/upstream';
import type { Note } from './record';

/** Owners remembered per key, the latest ones. */
const MOST_FORMER_OWNERS = 20;

/**
 * Decides whether the key of a workspace goes over to another owner. A token proves that somebody owned the workspace, not when:
 * the one from before a transfer, or from before a prebuilt workspace was claimed, is as good as the one of today.
 */
export class Ownership {
  /** @param coder where it may be asked about workspaces; without it, only what the key itself remembers counts */
  constructor(private readonly coder: CoderClient | undefined) {}

  /**
   * Returns where `owner` may take the key over from the one noted on it: the owner proven last wins.
   *
   * @throws Problem 403 where Coder names another owner, or where Coder does not tell and the key left this owner before; 503 where Coder
   * is unreachable
   */
  async requireOwner(workspaceId: string, owner: string, { former_owners = [] }: Note): Promise<void> {
    const answer = await this.ask(workspaceId);
    if (answer?.state === 'found') {
      if (answer.workspace.owner_id === owner) return;
      throw forbidden('this workspace belongs to somebody else now; its new owner has its key');
    }
    if (answer?.state === 'deleted') throw forbidden('this workspace was deleted');
    if (!former_owners.includes(owner)) return;
    throw forbidden(
      `this workspace was handed over to somebody else; where it came back, an operator types \`gateway keys delete workspace-${workspaceId}\``,
    );
  }

  private async ask(workspaceId: string): Promise<WorkspaceAnswer | undefined> {
    try {
      return await this.coder?.lookUp(workspaceId);
    } catch (error) {
      if (!(error instanceof UpstreamUnavailable)) throw error;
      throw unavailable('Coder is unreachable and cannot tell who owns this workspace now; try again', error);
    }
  }
}

/** Those to be noted when a key goes over from the owner noted on it to another one. */
export function formerOwners({ owner, former_owners = [] }: Note, next: string): string[] {
  const all = [...former_owners.filter((former) => former !== owner), ...(owner ? [owner] : [])];
  return all.filter((former) => former !== next).slice(-MOST_FORMER_OWNERS);
}
