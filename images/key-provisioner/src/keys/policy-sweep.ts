import { isDeepStrictEqual } from 'node:util';
import type { Audit } from '../audit';
import type { LiteLLMClient } from '../litellm/client';
import type { UserRow } from '../litellm/schema';
import type { Metrics } from '../metrics';
import { UpstreamUnavailable } from '../upstream/upstream';
import type { Derivation } from './derivation';
import { keyName } from './key-id';
import type { Keyring } from './keyring';
import type { Ledger } from './ledger';
import { policyChanges } from './limits';
import type { People } from './people';
import { changesOf, inWords, keyChanges, type PolicyReport, PolicyReportBuilder } from './policy-report';
import { type KeyRecord, readRecord } from './record';

/** Keys or people changed at the same time: LiteLLM has requests to answer meanwhile. */
const CONCURRENCY = 4;
/** Changes in a row that LiteLLM does not answer, after which the rest is left to the next run. */
const MAX_UNANSWERED = 3;
/** Most writes to one key in one run: the first, and those that correct what was written at the same time. */
const MAX_WRITES = 3;

/** What the sweep works with. */
export interface PolicySweepParts {
  readonly litellm: LiteLLMClient;
  readonly ledger: Ledger;
  readonly keyring: Keyring;
  readonly people: People;
  readonly derivation: Derivation;
  readonly metrics: Metrics;
  readonly audit: Audit;
}

/**
 * Brings every key of ours, in whatever state, and every person who owns one to today's policy. Limits noted on a key by
 * an operator stay; spend, blocks and metadata are not written. Any number of copies may run at the same time: each write
 * is the same for all, and what the answer to it shows to be otherwise (a key changed meanwhile) is written again.
 */
export class PolicySweep {
  constructor(private readonly parts: PolicySweepParts) {}

  /** @throws UpstreamUnavailable when LiteLLM does not even list the keys */
  async run(dryRun: boolean, signal: AbortSignal): Promise<PolicyReport> {
    const report = new PolicyReportBuilder();
    // Keys in use first: a change of many takes its time.
    const records = [...(await this.parts.ledger.snapshot()).values()].sort((a, b) => rank(a) - rank(b));
    report.compared = records.length;
    const owners = new Map(records.flatMap(({ note }) => (note.owner ? [[note.owner, note.username] as const] : [])));
    const known = await this.parts.people.findAll([...owners.keys()]);
    const work = [
      ...[...owners].flatMap(([id, username]) => this.forPerson(id, username, known.get(id), report, dryRun)),
      ...records.flatMap((record) => this.forKey(record, report, dryRun)),
    ];
    await this.doAll(work, report, signal);
    if (!dryRun && report.unreached === 0) this.parts.metrics.policyLastSuccess.setToCurrentTime();
    return report.build();
  }

  private forPerson(
    id: string,
    username: string | null,
    user: UserRow | undefined,
    report: PolicyReportBuilder,
    dryRun: boolean,
  ): Work[] {
    const { people, metrics, audit } = this.parts;
    const written = people.changes(user);
    if (Object.keys(written).length === 0) return [];
    const changes = changesOf({ max_budget: user?.max_budget, budget_duration: user?.budget_duration }, written);
    const done = () => report.person(id, username, changes);
    const line = { action: 'update', actor: 'reconciler', person: id } as const;
    return [
      {
        name: `person ${id}`,
        kind: 'person',
        run: async () => {
          if (dryRun) return done();
          await people.ensure(id, username);
          done();
          metrics.policyUpdates.inc({ kind: 'person', outcome: 'done' });
          audit.record({ ...line, outcome: 'done', reason: inWords(changes) });
        },
        rejected: (reason) => audit.record({ ...line, outcome: 'refused', reason }),
      },
    ];
  }

  private forKey(record: KeyRecord, report: PolicyReportBuilder, dryRun: boolean): Work[] {
    const { keyring, metrics, audit } = this.parts;
    const { id, note, row } = record;
    const written = policyChanges(row, keyring.policyFor(id, note.overrides));
    if (Object.keys(written).length === 0) return [];
    const name = keyName(id);
    const changes = keyChanges(row, written);
    const line = { action: 'update', actor: 'reconciler', key: name, scope: id.scope } as const;
    return [
      {
        name,
        kind: 'key',
        run: async () => {
          if (!dryRun && !(await this.write(record))) return;
          report.key(name, changes);
          if (dryRun) return;
          metrics.policyUpdates.inc({ kind: 'key', outcome: 'done' });
          audit.record({ ...line, outcome: 'done', reason: inWords(changes) });
        },
        rejected: (reason) => audit.record({ ...line, outcome: 'refused', reason }),
      },
    ];
  }

  /** @returns whether there was such a key; a rotation or an operator may have ended it since it was read */
  private async write(record: KeyRecord): Promise<boolean> {
    const { litellm, keyring, derivation } = this.parts;
    let current = record;
    let requested = record.note.overrides;
    for (let writes = 0; writes < MAX_WRITES; writes += 1) {
      const { id, note, row, hash } = current;
      const policy = keyring.policyFor(id, note.overrides);
      // Other limits were requested since the key was read: what was written by the old ones is undone, including the lifetime.
      const overtaken = !isDeepStrictEqual(note.overrides, requested);
      requested = note.overrides;
      const body = { ...policyChanges(row, policy), ...(overtaken ? { duration: policy.duration } : {}) };
      if (Object.keys(body).length === 0) return true;
      const updated = await litellm.updateKey(hash, body);
      if (!updated) return writes > 0;
      const next = readRecord(updated, derivation);
      if (!next) return true;
      current = next;
    }
    return true;
  }

  private async doAll(work: readonly Work[], report: PolicyReportBuilder, signal: AbortSignal): Promise<void> {
    const queue = [...work];
    let unanswered = 0;
    const worker = async () => {
      while (unanswered < MAX_UNANSWERED && !signal.aborted) {
        const next = queue.shift();
        if (!next) return;
        try {
          await next.run();
          unanswered = 0;
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          if (error instanceof UpstreamUnavailable) unanswered += 1;
          else next.rejected(reason);
          report.failure(next.name, reason);
          if (error instanceof UpstreamUnavailable) report.unreached += 1;
          this.parts.metrics.policyUpdates.inc({ kind: next.kind, outcome: 'failed' });
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    report.unreached += queue.length;
  }
}

const rank = ({ state }: KeyRecord) => (state === 'active' ? 0 : 1);

interface Work {
  readonly name: string;
  readonly kind: 'key' | 'person';
  run(): Promise<void>;
  /** LiteLLM answered and rejected the change. */
  rejected(reason: string): void;
}
