import type { ConfigureResponse } from '../../contract';
import { hashKey } from '../../keys/derivation';
import { keyName } from '../../keys/key-id';
import { readRecord } from '../../keys/record';
import { invalid } from '../../problem';
import type { Services } from '../../services';

type OwnKey = ConfigureResponse['key'] & { readonly key: string };

/**
 * A person's own key instead of a provisioned one. It must be one that the gateway knows and accepts; nothing about it is
 * changed.
 *
 * @throws Problem 422 naming the field `api_key`
 */
export async function ownKey({ litellm, derivation }: Services, key: string): Promise<OwnKey> {
  const row = await litellm.keyInfo(hashKey(key));
  if (!row || row.status === 'deleted') throw invalid('api_key', 'the gateway does not know this key');
  if (row.blocked) throw invalid('api_key', 'this key was revoked by an operator');
  if (row.expires && Date.parse(row.expires) <= Date.now()) throw invalid('api_key', 'this key has expired');
  const ours = readRecord(row, derivation);
  return {
    key,
    reused: true,
    name: ours ? keyName(ours.id) : (row.key_alias ?? row.key_name ?? 'own key'),
    scope: ours?.id.scope ?? 'user',
    expires: row.expires ?? null,
    max_budget: row.max_budget ?? null,
    budget_duration: row.budget_duration ?? null,
    rpm_limit: row.rpm_limit ?? null,
    tpm_limit: row.tpm_limit ?? null,
    models: row.models,
  };
}
