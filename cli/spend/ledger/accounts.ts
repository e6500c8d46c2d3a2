import { z } from 'zod';
import { isoTime, type LedgerDatabase } from './database';
import { windowStart } from './window';

/** What money is booked on: a key, a person (LiteLLM's user), a team. */
export const ACCOUNT_KINDS = ['key', 'user', 'team'] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** An account with its counter. */
export interface Account {
  readonly kind: AccountKind;
  /** Hash of a key, id of a user or team. */
  readonly id: string;
  /** As people know it. */
  readonly name: string;
  /** The counter that its budget is held against, in USD. */
  readonly spend: number;
  /** Requests from here on count for the counter, ISO 8601. @default - all of them */
  readonly countsFrom?: string;
}

/** A workspace as its key names it. */
export interface WorkspaceName {
  /** Coder's id. */
  readonly id: string;
  /** `owner/workspace`; the id where the key does not say. */
  readonly name: string;
}

/** Undefined for accounts that were deleted. */
export type Bearers = Readonly<Record<AccountKind, Account | undefined>>;

/** Every account there is, and who bears what was booked on a key. */
export interface Accounts {
  /** Undefined for one that was deleted. */
  find(kind: AccountKind, id: string): Account | undefined;
  /** The accounts that a request is booked on. A key's is its own, or that of the key it was rotated to. */
  bearing(request: { readonly key: string; readonly user: string; readonly team: string }): Bearers;
  /** The name of a key, a deleted one included; its hash where nothing is known of it. */
  keyName(hash: string): string;
  /** The ids of accounts of a kind that have this name or id; names are not unique. */
  idsOf(kind: AccountKind, nameOrId: string): string[];
  /** The workspace that a key is for, a deleted key included; undefined for other keys. */
  workspaceOf(hash: string): WorkspaceName | undefined;
}

const moment = z.string().nullable();
const noteSchema = z.object({
  scope: z.string(),
  subject: z.string(),
  generation: z.number(),
  username: z.string().nullish(),
  workspace_name: z.string().nullish(),
  rotated_at: z.string().optional(),
  spend_reset_at: z.string().optional(),
});
type Note = z.infer<typeof noteSchema>;
const accountRow = z.tuple([
  ...[z.enum(['key', 'deleted key', 'user', 'team']), z.string(), z.string()],
  ...[z.number(), moment, moment],
  z.unknown(),
] as const);

const key = (kind: string, table: string) => `
  SELECT jsonb_build_array('${kind}', token, coalesce(key_alias, ''), spend, budget_duration, ${isoTime('budget_reset_at')},
    metadata->'gateway')::text FROM "${table}"`;
const owner = (kind: string, table: string, id: string, alias: string) => `
  SELECT jsonb_build_array('${kind}', ${id}, coalesce(${alias}, ''), spend, budget_duration, ${isoTime('budget_reset_at')},
    NULL)::text FROM "${table}"`;

/** @throws LedgerError where the database does not answer */
export async function readAccounts(database: LedgerDatabase): Promise<Accounts> {
  const accounts = new Map<string, Account>();
  const names = new Map<string, string>();
  const generations = new Map<string, { readonly hash: string; readonly note: Note }>();
  const query = [
    key('key', 'LiteLLM_VerificationToken'),
    key('deleted key', 'LiteLLM_DeletedVerificationToken'),
    owner('user', 'LiteLLM_UserTable', 'user_id', 'user_alias'),
    owner('team', 'LiteLLM_TeamTable', 'team_id', 'team_alias'),
  ].join(' UNION ALL ');
  const notes = new Map<string, Note>();
  for await (const raw of database.rows(query)) {
    const [table, id, alias, spend, duration, resetAt, metadata] = accountRow.parse(raw);
    const note = noteSchema.safeParse(metadata).data;
    const kind = table === 'deleted key' ? 'key' : table;
    const name = note ? nameOf(note) : alias || id;
    if (kind === 'key') {
      names.set(id, name);
      if (note) {
        notes.set(id, note);
        generations.set(`${nameOf(note)}/${note.generation}`, { hash: id, note });
      }
    }
    if (table === 'deleted key') continue;
    const starts = [windowStart(duration, resetAt), note?.spend_reset_at].filter((start) => start !== undefined);
    const countsFrom = starts.sort().at(-1);
    accounts.set(`${kind}/${id}`, { kind, id, name, spend, ...(countsFrom ? { countsFrom } : {}) });
  }
  const find = (kind: AccountKind, id: string) => accounts.get(`${kind}/${id}`);
  const successor = (hash: string): string | undefined => {
    const note = notes.get(hash);
    const next = note && generations.get(`${nameOf(note)}/${note.generation + 1}`);
    // A key that was deleted and made again starts at zero; one that was rotated carries its spend over, and notes when.
    return next?.note.rotated_at ? next.hash : undefined;
  };
  const heirOf = (hash: string): Account | undefined => {
    for (let at: string | undefined = hash; at !== undefined; at = successor(at)) {
      const account = find('key', at);
      if (account) return account;
    }
    return undefined;
  };
  return {
    find,
    bearing: ({ key, user, team }) => ({ key: heirOf(key), user: find('user', user), team: find('team', team) }),
    keyName: (hash) => names.get(hash) ?? hash,
    idsOf: (kind, nameOrId) =>
      [...accounts.values()]
        .filter((account) => account.kind === kind && (account.id === nameOrId || account.name === nameOrId))
        .map(({ id }) => id),
    workspaceOf: (hash) => workspaceName(notes.get(hash)),
  };
}

function workspaceName(note: Note | undefined): WorkspaceName | undefined {
  if (note?.scope !== 'workspace') return undefined;
  const { subject: id, username, workspace_name: workspace } = note;
  return { id, name: workspace ? [username, workspace].filter(Boolean).join('/') : id };
}

/** As `gateway keys list` names it. */
const nameOf = ({ scope, subject }: Note) =>
  scope.startsWith('agent:') ? scope.replace(':', '-') : `${scope}-${subject}`;
