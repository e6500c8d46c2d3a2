import { z } from 'zod';
import { policySchema, SCOPES } from '../configuration';
import type { KeyInfo } from '../contract';
import type { KeyRow } from '../litellm/schema';
import type { Derivation } from './derivation';
import { type KeyId, keyName } from './key-id';

/** What this service notes about a key, in LiteLLM's `metadata` under one name; LiteLLM refuses many others at the top. */
export const noteSchema = z.object({
  scope: z.enum(SCOPES),
  subject: z.string(),
  generation: z.int().positive(),
  /** Coder's id of the person whose budget the key counts against. */
  owner: z.string().nullable(),
  username: z.string().nullable(),
  workspace_name: z.string().nullable(),
  /** The person's policy when it was last made sure that LiteLLM has it. */
  person: z.string().nullable(),
  overrides: policySchema.exactPartial().exactOptional(),
  /** Whose the workspace was before, by Coder's ids, the latest last. */
  former_owners: z.array(z.string()).exactOptional(),
  /** When the key was last rotated, ISO 8601. */
  rotated_at: z.string().exactOptional(),
  /** When its spend was last set to zero by an operator, ISO 8601: what was spent before is no longer in its counter. */
  spend_reset_at: z.string().exactOptional(),
});
export type Note = z.infer<typeof noteSchema>;

/** Whether a key works, and if not, why. */
export type KeyState = 'active' | 'revoked' | 'expired';

/** A key as LiteLLM has it, proven to be one of ours. */
export interface KeyRecord {
  readonly id: KeyId;
  readonly hash: string;
  readonly note: Note;
  readonly row: KeyRow;
  readonly state: KeyState;
}

/** The metadata to be written for a note. */
export const noteMetadata = (note: Note): Record<string, unknown> => ({ gateway: note });

/** Reads a row of LiteLLM's table; undefined for keys that this service did not make, whatever they claim. */
export function readRecord(row: KeyRow, derivation: Derivation, now = Date.now()): KeyRecord | undefined {
  const note = noteSchema.safeParse(row.metadata['gateway']);
  if (!note.success || !row.token) return undefined;
  const { scope, subject, generation } = note.data;
  const id: KeyId = { scope, subject };
  if (derivation.hash(id, generation) !== row.token) return undefined;
  return { id, hash: row.token, note: note.data, row, state: stateOf(row, now) };
}

function stateOf(row: KeyRow, now: number): KeyState {
  if (row.blocked) return 'revoked';
  return row.expires && Date.parse(row.expires) <= now ? 'expired' : 'active';
}

/** A record as the API shows it. */
export function keyInfo({ id, note, row, state }: KeyRecord): KeyInfo {
  return {
    name: keyName(id),
    scope: id.scope,
    subject: id.subject,
    owner: note.owner,
    username: note.username,
    workspace_name: note.workspace_name,
    state,
    generation: note.generation,
    spend: row.spend,
    max_budget: row.max_budget ?? 0,
    budget_duration: row.budget_duration ?? '',
    budget_reset_at: row.budget_reset_at ?? null,
    rpm_limit: row.rpm_limit ?? 0,
    tpm_limit: row.tpm_limit ?? null,
    models: row.models,
    created_at: row.created_at ?? null,
    expires: row.expires ?? null,
    last_active: row.last_active ?? null,
  };
}
