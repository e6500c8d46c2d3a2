import type { KeyInfo } from '../contract';
import type { KeyRecord } from '../keys/record';
import type { Services } from '../services';

/** The cap over all keys of a key's owner, where it has one. */
export async function personOf(
  { people }: Services,
  { note: { owner } }: KeyRecord,
): Promise<NonNullable<KeyInfo['person']> | null> {
  if (!owner) return null;
  const person = await people.find(owner);
  if (!person) return null;
  return {
    spend: person.spend,
    max_budget: person.max_budget ?? 0,
    budget_reset_at: person.budget_reset_at ?? null,
  };
}
