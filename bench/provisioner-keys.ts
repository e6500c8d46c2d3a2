import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { Derivation } from '../images/key-provisioner/src/keys/derivation';

/**
 * Puts keys of made-up workspaces straight into LiteLLM's table, in place of those from an earlier call: making ten
 * thousand through the API would take longer than what is measured.
 *
 * @returns the ids of the workspaces
 */
export async function insertKeys(databaseUrl: string, derivation: Derivation, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`DELETE FROM "LiteLLM_VerificationToken" WHERE key_alias LIKE 'workspace-%'`);
    for (let start = 0; start < count; start += 1000) {
      const rows = ids.slice(start, start + 1000).map((subject) => {
        const id = { scope: 'workspace', subject } as const;
        const note = { ...id, generation: 1, owner: 'bench', username: 'bench', workspace_name: null, person: null };
        return { token: derivation.hash(id, 1), alias: derivation.alias(id, 1), metadata: { gateway: note } };
      });
      await client.query(
        `INSERT INTO "LiteLLM_VerificationToken" (token, key_name, key_alias, user_id, models, metadata, spend, max_budget, expires)
         SELECT token, 'sk-...', alias, 'bench', ARRAY['claude-haiku-4-5'], metadata, 0, 10, now() + interval '30 days'
         FROM json_to_recordset($1) AS rows(token text, alias text, metadata jsonb)`,
        [JSON.stringify(rows)],
      );
    }
  } finally {
    await client.end();
  }
  return ids;
}
