import type { Changes, ReconcileResponse } from '../contract';
import type { KeyBody } from '../litellm/client';
import type { KeyRow } from '../litellm/schema';

/** Most entries of each list in one report; the totals count all. */
const MAX_LISTED = 1000;

/** The part of a reconciler's answer that is about the policy. */
export type PolicyReport = Pick<
  ReconcileResponse,
  'compared' | 'updated' | 'updated_total' | 'people' | 'people_total' | 'failed' | 'failed_total' | 'unreached'
>;

/** What one sweep of the policy found and did, in an order that does not depend on which call ended first. */
export class PolicyReportBuilder {
  private readonly updated: PolicyReport['updated'] = [];
  private readonly people: PolicyReport['people'] = [];
  private readonly failed: PolicyReport['failed'] = [];
  compared = 0;
  unreached = 0;

  key(name: string, changes: Changes): void {
    this.updated.push({ name, changes });
  }

  person(id: string, username: string | null, changes: Changes): void {
    this.people.push({ id, username, changes });
  }

  failure(name: string, reason: string): void {
    this.failed.push({ name, reason });
  }

  build(): PolicyReport {
    return {
      compared: this.compared,
      updated: first(this.updated, ({ name }) => name),
      updated_total: this.updated.length,
      people: first(this.people, ({ id }) => id),
      people_total: this.people.length,
      failed: first(this.failed, ({ name }) => name),
      failed_total: this.failed.length,
      unreached: this.unreached,
    };
  }
}

/** The changes of a key for a reader: a new lifetime is shown with the end that it replaces. */
export function keyChanges(row: KeyRow, { duration, ...limits }: KeyBody): Changes {
  const found = row as unknown as Record<string, Changes[string]['from'] | undefined>;
  return {
    ...changesOf(found, limits as Record<string, Changes[string]['to']>),
    ...(duration === undefined ? {} : { expires: { from: row.expires, to: `in ${duration}` } }),
  };
}

/** Each field that is written, with its previous value. */
export function changesOf(
  found: Readonly<Record<string, Changes[string]['from'] | undefined>>,
  written: Readonly<Record<string, Changes[string]['to']>>,
): Changes {
  return Object.fromEntries(
    Object.entries(written).map(([field, to]) => [field, { from: found[field] ?? null, to }] as const),
  );
}

/** `max_budget 5 → 8, tpm_limit 1000 → null`: for a log line. */
export const inWords = (changes: Changes): string =>
  Object.entries(changes)
    .map(([field, { from, to }]) => `${field} ${JSON.stringify(from)} → ${JSON.stringify(to)}`)
    .join(', ');

const first = <T>(entries: readonly T[], by: (entry: T) => string): T[] =>
  [...entries].sort((a, b) => (by(a) < by(b) ? -1 : 1)).slice(0, MAX_LISTED);
