import { Derivation } from '../../../images/key-provisioner/src/keys/derivation';
import { Ledger } from '../../../images/key-provisioner/src/keys/ledger';
import type { KeyQuery, LiteLLMClient } from '../../../images/key-provisioner/src/litellm/client';
import { type KeyRow, keyRowSchema } from '../../../images/key-provisioner/src/litellm/schema';

const derivation = new Derivation('a-secret-for-tests-0123456789');

function row(subject: string): KeyRow {
  const id = { scope: 'ci', subject } as const;
  const note = { ...id, generation: 1, owner: null, username: null, workspace_name: null, person: null };
  return keyRowSchema.parse({ token: derivation.hash(id, 1), models: [], metadata: { gateway: note } });
}

/** Stands in for LiteLLM's list of keys: pages of a table that changes while it is read. */
const standIn = (table: KeyRow[], afterPage: (page: number) => void) =>
  new Ledger(
    {
      listKeys: async ({ page = 1, size = 100 }: KeyQuery) => {
        const keys = table.slice((page - 1) * size, page * size);
        const total_count = table.length;
        afterPage(page);
        return { keys, total_count, total_pages: Math.ceil(total_count / size) };
      },
    } as unknown as LiteLLMClient,
    derivation,
  );

test('a key deleted while the table is read hides no other key', async () => {
  const table = Array.from({ length: 250 }, (_, index) => row(`org/${index}`));
  let deleted = false;
  const ledger = standIn(table, () => {
    if (!deleted) table.splice(0, 1);
    deleted = true;
  });
  const found = await ledger.snapshot();
  for (const { token } of table) expect(found.has(token as string)).toBe(true);
});

test('a table that shrinks all the time is read three times at most', async () => {
  const table = Array.from({ length: 900 }, (_, index) => row(`org/${index}`));
  let pages = 0;
  const ledger = standIn(table, () => {
    pages += 1;
    table.splice(0, 1);
  });
  await ledger.snapshot();
  expect(pages).toBeLessThanOrEqual(27);
});
