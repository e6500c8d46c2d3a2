import { z } from 'zod';
import type { KeyInfo } from '../../contract';
import { type KeyId, parseKeyName } from '../../keys/key-id';
import { type KeyRecord, keyInfo } from '../../keys/record';
import { notFound } from '../../problem';
import type { Services } from '../../services';
import { personOf } from '../person-of';

/** A key's name in a path; a repository's slash is written `%2F`. */
export const nameParameter = z.object({ name: z.string().min(1).max(160) });

/** The key that a path names. @throws Problem 404 for what cannot be the name of a key */
export function keyIdOf(name: string): KeyId {
  const id = parseKeyName(name);
  if (id) return id;
  throw notFound(
    `"${name}" is not the name of a key; names are workspace-<id>, user-<id>, ci-<repository>, agent-review and agent-write`,
  );
}

/** One key with its owner's cap. */
export async function fullInfo(services: Services, record: KeyRecord): Promise<KeyInfo> {
  return { ...keyInfo(record), person: await personOf(services, record) };
}

/** An operator's decision about one key, for the audit log. */
export const operator = (action: 'create' | 'revoke' | 'restore' | 'rotate' | 'delete' | 'reset-spend', id: KeyId) => ({
  action,
  actor: 'operator',
  id,
});
