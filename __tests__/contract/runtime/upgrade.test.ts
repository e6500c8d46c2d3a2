import { join } from 'node:path';
import { workspaceToken } from '../../../images/key-provisioner/src/identity/workspace-token';
import { migrate } from '../../../runtime/installation/migrations';
import { LITELLM_VERSION } from '../../../runtime/versions';
import { readBooks, spentIn } from '../../../scripts/litellm/books';
import { EXPECTED, spendWritten, WORKSPACE } from '../../../scripts/litellm/fill';
import { loadDatabase, readRecorded, rowsOf } from '../../../scripts/litellm/recorded-database';
import type { TestDatabase } from '../support/gateways';
import { sendCommand } from '../support/harness';
import { chat, send } from '../support/requests';
import { type Gateway, startGateway } from '../support/start-gateway';

/**
 * A database that an older release of LiteLLM made and filled, with the release of today. `make litellm` recorded it with the
 * real older release, and tried both ways back with it too; here only the newer one runs.
 */
const recorded = readRecorded(join(__dirname, 'upgrade/recorded-database.json'));
const MIGRATIONS = '_prisma_migrations';

let database: TestDatabase;
let gateway: Gateway;
beforeAll(async () => {
  database = await sendCommand<TestDatabase>('POST', '/databases', { migrated: false });
  await loadDatabase(database.databaseUrl, recorded, database.migrationsDirectory);
});
afterAll(() => gateway?.stop());

test('the recorded database is that of another release, row for row', async () => {
  expect(recorded.litellm).not.toBe(LITELLM_VERSION);
  expect(await rowsOf(database.databaseUrl)).toEqual(recorded.rows);
});

test('the migrations of this release change no row of it', async () => {
  const { databaseUrl, migrationsDirectory } = database;
  const before = await readBooks(databaseUrl);
  const applied = await migrate(databaseUrl, migrationsDirectory);
  // A patch of the same line may bring none.
  const ledger = (recorded.rows[MIGRATIONS] ?? []).map((row) => row['migration_name']);
  expect(applied.filter((name) => ledger.includes(name))).toEqual([]);
  expect(await readBooks(databaseUrl)).toEqual(before);
  const { [MIGRATIONS]: _ledger, ...rows } = recorded.rows;
  expect(await rowsOf(databaseUrl)).toMatchObject(rows);
});

describe('this release on it', () => {
  const { keys, secrets } = recorded;
  beforeAll(async () => {
    gateway = await startGateway({
      databaseUrl: database.databaseUrl,
      keyProvisioner: {
        KEY_DERIVATION_SECRET: secrets.key_derivation_secret,
        WORKSPACE_IDENTITY_SECRET: secrets.workspace_identity_secret,
      },
    });
  });

  test('answers every key as before, and counts on', async () => {
    const before = await readBooks(database.databaseUrl);
    const statuses: Record<string, number> = {};
    for (const [name, key] of Object.entries(keys)) {
      statuses[name] = (await chat(gateway.url, key, 'claude-haiku-4-5')).status;
    }
    // What the gateway says of a spent budget, in place of LiteLLM's own status.
    expect(statuses).toEqual({ ...EXPECTED, exhausted: 429 });
    const answered = Object.values(statuses).filter((status) => status === 200).length;
    await spendWritten(database.databaseUrl, answered, before);
    const after = await readBooks(database.databaseUrl);
    const logged = new Set(after.logs.map((log) => JSON.stringify(log)));
    expect(before.logs.filter((log) => !logged.has(JSON.stringify(log)))).toEqual([]);
    expect(spentIn(after).byKeys).toBeGreaterThan(spentIn(before).byKeys);
  });

  test('gives a workspace the same key at its next start', async () => {
    const token = workspaceToken(secrets.workspace_identity_secret, WORKSPACE);
    const { body } = await send('POST', `${gateway.provisionerUrl}/api/v1/keys/workspace`, token, WORKSPACE);
    expect(body.key).toBe(keys['workspace']);
    const { body: info } = await send('GET', `${gateway.provisionerUrl}/api/v1/keys/info`, body.key);
    expect(info.spend).toBeGreaterThan(0);
  });
});
