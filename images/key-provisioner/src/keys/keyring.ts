import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { GatewayConfiguration, Policy } from '../configuration';
import type { IssuedKey } from '../contract';
import type { KeyBody, LiteLLMClient } from '../litellm/client';
import type { KeyRow } from '../litellm/schema';
import { revoked, unavailable } from '../problem';
import type { Derivation } from './derivation';
import { type KeyId, keyName } from './key-id';
import type { Ledger } from './ledger';
import { changedLimits, limitsBody, needsRenewal, type Overrides } from './limits';
import { formerOwners, type Ownership } from './ownership';
import type { People } from './people';
import { type KeyRecord, type Note, noteMetadata } from './record';
import { SingleFlight } from './single-flight';

/** Whose key is asked for. */
export interface IssueRequest {
  readonly id: KeyId;
  /** Coder's id of the person who pays; null for ci and agents. */
  readonly owner: string | null;
  readonly username: string | null;
  readonly workspaceName?: string | null;
  /** Limits that replace the policy's; without it, those noted on the key stay. */
  readonly overrides?: Overrides;
}

/** One round is the rule, two are a race; more mean that two issuers undo each other's work. */
const MAX_ROUNDS = 4;

/** Issues keys. Any number of simultaneous calls, in any number of processes, get the same one. */
export class Keyring {
  private readonly flights = new SingleFlight<IssuedKey>();

  constructor(
    private readonly litellm: LiteLLMClient,
    private readonly ledger: Ledger,
    private readonly people: People,
    private readonly derivation: Derivation,
    private readonly configuration: GatewayConfiguration,
    private readonly ownership: Ownership,
  ) {}

  /**
   * The key for a subject: the one it has, brought up to the current policy and renewed, or a new one.
   *
   * @throws Problem 403 when an operator has revoked it, or when its workspace is somebody else's now
   */
  async issue(request: IssueRequest): Promise<IssuedKey> {
    const { result, shared } = await this.flights.run(JSON.stringify(request), () => this.issueOnce(request));
    return shared ? { ...result, reused: true } : result;
  }

  /** The policy of a key: its scope's, with what an operator changed for this key. */
  policyFor(id: KeyId, overrides: Overrides = {}): Policy {
    return { ...this.configuration.policies[id.scope], ...overrides };
  }

  /** Registers one generation of a key. Undefined if its alias was taken, by a key of ours or any other. */
  async register(
    id: KeyId,
    note: Note,
    options: { spend?: number; aliasSuffix?: string } = {},
  ): Promise<KeyRow | undefined> {
    return this.litellm.generateKey(this.derivation.key(id, note.generation), {
      key_alias: this.derivation.alias(id, note.generation) + (options.aliasSuffix ?? ''),
      ...(note.owner ? { user_id: note.owner } : {}),
      ...limitsBody(this.policyFor(id, note.overrides)),
      ...(options.spend ? { spend: options.spend } : {}),
      metadata: noteMetadata(note),
    });
  }

  /** A record as what its holder is given. */
  issued(record: KeyRecord, reused: boolean): IssuedKey {
    const { id, note, row } = record;
    const policy = this.policyFor(id, note.overrides);
    return {
      key: this.derivation.key(id, note.generation),
      reused,
      name: keyName(id),
      scope: id.scope,
      expires: row.expires ?? '',
      max_budget: row.max_budget ?? policy.max_budget,
      budget_duration: row.budget_duration ?? policy.budget_duration,
      rpm_limit: row.rpm_limit ?? policy.rpm_limit,
      tpm_limit: row.tpm_limit ?? null,
      models: row.models,
    };
  }

  private async issueOnce(request: IssueRequest): Promise<IssuedKey> {
    let created = false;
    let aliasSuffix = '';
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const [current, ...stale] = await this.ledger.find(request.id, request.owner ?? undefined);
      if (current) {
        if (current.state === 'revoked') throw revoked(keyName(request.id));
        const updated = await this.bringUpToDate(current, request);
        // Left over by a rotation that was interrupted after its first half.
        if (stale.length > 0) await this.litellm.deleteKeys(stale.map(({ hash }) => hash));
        if (updated) return this.issued(updated, !created);
        continue;
      }
      const { id, owner, username } = request;
      const [first] = await Promise.all([
        this.litellm.keyInfo(this.derivation.hash(id, 1)),
        owner ? this.people.ensure(owner, username) : undefined,
      ]);
      // Generations follow one another: without the first there was never any, and nothing needs reading back.
      const isNew = first === undefined;
      if (!isNew && (await this.handOver(request))) continue;
      const lost = first?.status === 'deleted' ? await this.ledger.lastDeletedGeneration(id) : 0;
      const note: Note = { ...this.noteFor(request), generation: lost + 1 };
      if (!isNew && round > 1 && (await this.repair(request, note))) {
        created = false;
        continue;
      }
      // Registered by another copy at this moment, or changed by hand: the next round tells.
      if (!isNew && lost === 0) continue;
      const row = await this.register(id, note, { aliasSuffix });
      if (row && isNew)
        return this.issued({ id, hash: this.derivation.hash(id, 1), note, row, state: 'active' }, false);
      created ||= row !== undefined;
      // The alias belongs to the winner of a race, seen in the next round, or to a foreign key, avoided from then on.
      if (!row) aliasSuffix = freeSuffix();
    }
    throw unavailable(
      `the key "${keyName(request.id)}" could not be issued because it was being changed at the same time; try again`,
    );
  }

  /**
   * A workspace that has another owner than its key: claimed, or transferred. The new owner gets the next generation, so that what the
   * former one may have kept no longer works; its spend is carried over.
   *
   * @returns whether there was such a key
   * @throws Problem 403 where the one who asks is not the owner of today, or the key is revoked
   */
  private async handOver(request: IssueRequest): Promise<boolean> {
    const { id, owner } = request;
    if (id.scope !== 'workspace' || !owner) return false;
    const live = await this.ledger.find(id);
    const [current] = live;
    if (!current?.note.owner || current.note.owner === owner) return false;
    await this.ownership.requireOwner(id.subject, owner, current.note);
    if (current.state === 'revoked') throw revoked(keyName(id));
    const note: Note = {
      ...current.note,
      ...this.noteFor(request),
      generation: current.note.generation + 1,
      former_owners: formerOwners(current.note, owner),
      // What was spent goes along, as with a rotation.
      rotated_at: new Date().toISOString(),
    };
    await this.register(id, note, { spend: current.row.spend });
    await this.litellm.deleteKeys(live.map(({ hash }) => hash));
    return true;
  }

  /**
   * A key that exists, but is not recognized as ours: its alias, owner or metadata was changed by hand. LiteLLM would
   * answer its registration with 200 and write nothing.
   *
   * @returns whether there was such a key
   */
  private async repair({ id, owner }: IssueRequest, note: Note): Promise<boolean> {
    const hash = this.derivation.hash(id, note.generation);
    const existing = await this.litellm.keyInfo(hash);
    if (!existing || existing.status === 'deleted') return false;
    await this.litellm.updateKey(hash, {
      key_alias: this.derivation.alias(id, note.generation) + freeSuffix(),
      user_id: owner,
      metadata: noteMetadata(note),
    });
    return true;
  }

  private async bringUpToDate(record: KeyRecord, request: IssueRequest): Promise<KeyRecord | undefined> {
    const note: Note = { ...record.note, ...this.noteFor(request) };
    if (note.owner && note.person !== record.note.person) await this.people.ensure(note.owner, note.username);
    const policy = this.policyFor(request.id, note.overrides);
    const body: KeyBody = {
      ...changedLimits(record.row, policy),
      ...(needsRenewal(record.row, policy.duration) ? { duration: policy.duration } : {}),
      ...(note.owner !== (record.row.user_id ?? null) ? { user_id: note.owner } : {}),
      ...(sameNote(note, record.note) ? {} : { metadata: noteMetadata(note) }),
    };
    if (Object.keys(body).length === 0) return record;
    let row = await this.litellm.updateKey(record.hash, body);
    // A reconciler that read the key before this write may have written after the read here.
    const overtaken = row && changedLimits(row, policy);
    if (overtaken && Object.keys(overtaken).length > 0) row = await this.litellm.updateKey(record.hash, overtaken);
    return row && { ...record, note, row };
  }

  private noteFor({ id, owner, username, workspaceName = null, overrides }: IssueRequest): Omit<Note, 'generation'> {
    return {
      ...id,
      owner,
      username,
      workspace_name: workspaceName,
      person: owner ? this.people.policyMark : null,
      ...(overrides && Object.keys(overrides).length > 0 ? { overrides } : {}),
    };
  }
}

/** Makes an alias one that cannot be taken yet. */
const freeSuffix = () => `~${randomBytes(4).toString('hex')}`;

/** The database orders the fields of JSON as it likes. */
const sameNote = (a: Note, b: Note) => isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
