import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sendCommand } from '../support/harness';

const CONFORMANCE = join(__dirname, 'prisma_client_conformance.py');
const execute = promisify(execFile);

interface Database {
  readonly databaseUrl: string;
  readonly python: string;
  readonly queryEngine: string;
}

let database: Database;
let problems: Record<string, string | null>;

/** Runs all checks of the Python program, with the client that LiteLLM uses. */
async function conform(databaseUrl: string): Promise<Record<string, string | null>> {
  const { stdout } = await execute(database.python, [CONFORMANCE], {
    env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl, PRISMA_QUERY_ENGINE_BINARY: database.queryEngine },
  });
  return JSON.parse(stdout) as Record<string, string | null>;
}

beforeAll(async () => {
  database = await sendCommand<Database>('POST', '/databases');
  problems = await conform(database.databaseUrl);
});

test.each([
  ['values of every kind come back as they were written', 'scalars'],
  ['quotes, escapes and long texts survive', 'unusual_texts'],
  ['JSON of every shape survives', 'json_shapes'],
  ['numbers and moments keep their precision and compare rightly', 'numbers_and_moments'],
  ['updates, upserts and bulk writes say what they did', 'writes'],
  ['filters, order, pages and groups work', 'filters'],
  ['related rows can be connected, filtered and included', 'relations'],
  ['broken constraints and wrong queries raise the errors the client knows', 'errors'],
  ['missing rows are nothing or an error, as asked', 'missing_rows'],
  ['a batch takes effect whole or not at all', 'batches'],
  ['a transaction commits, rolls back, or expires', 'transactions'],
  ['simultaneous writes lose nothing', 'simultaneous_writes'],
  ['raw queries carry the types of their columns and parameters', 'raw_queries'],
  ['lost connections are replaced, and a transaction on one is lost', 'lost_connections'],
])('%s', (_, check) => {
  expect(problems[check]).toBeNull();
});

test('the engine refuses to start without its database, and says why', async () => {
  const start = conform('postgresql://nobody:nothing@127.0.0.1:9/nowhere');
  await expect(start).rejects.toThrow("Can't reach database server at `127.0.0.1`:`9`");
});
