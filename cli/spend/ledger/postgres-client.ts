import pg from 'pg';
import { type LedgerDatabase, LedgerError } from './database';

/** Rows that are fetched at a time: some megabytes. */
const PORTION = 5000;
const CONNECT_TIMEOUT_MS = 10_000;

/** LiteLLM's database at its own address, read through a cursor. */
export class PostgresClient implements LedgerDatabase {
  private constructor(
    private readonly client: pg.Client,
    readonly name: string,
  ) {}

  /**
   * @param url `postgresql://user:password@host:port/database`
   * @throws LedgerError where there is no answer; the message holds no password
   */
  static async open(url: string): Promise<PostgresClient> {
    const name = placeOf(url);
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    // Without a listener, a connection that breaks between two statements ends the process.
    client.on('error', () => undefined);
    await client.connect().catch((error: unknown) => {
      throw failure(`PostgreSQL at ${name} cannot be reached`, error);
    });
    return new PostgresClient(client, name);
  }

  async *rows(query: string): AsyncGenerator<unknown> {
    await this.send('BEGIN READ ONLY');
    try {
      await this.send(`DECLARE ledger NO SCROLL CURSOR FOR ${query}`);
      for (;;) {
        const rows = parsed(await this.send(`FETCH ${PORTION} FROM ledger`));
        yield* rows;
        if (rows.length < PORTION) return;
      }
    } finally {
      await this.client.query('ROLLBACK').catch(() => undefined);
    }
  }

  async run(statements: string): Promise<unknown[]> {
    try {
      return parsed(await this.send(statements));
    } catch (error) {
      await this.client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }

  private async send(statements: string): Promise<pg.QueryResult> {
    try {
      // Of several statements, pg answers with a list.
      const results: pg.QueryResult | pg.QueryResult[] = await this.client.query(statements);
      return Array.isArray(results) ? (results.filter(({ fields }) => fields?.length > 0).at(-1) ?? NOTHING) : results;
    } catch (error) {
      throw failure(`PostgreSQL at ${this.name} refused`, error);
    }
  }
}

const NOTHING = { rows: [] } as unknown as pg.QueryResult;

const parsed = ({ rows }: pg.QueryResult): unknown[] =>
  rows.map((row: Record<string, string>) => JSON.parse(Object.values(row)[0] ?? 'null') as unknown);

function placeOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`;
  } catch {
    throw new LedgerError(
      'the address of the database is not a URL such as postgresql://user:password@host:5432/litellm',
    );
  }
}

function failure(what: string, error: unknown): LedgerError {
  const { message, code } = error as { message?: string; code?: string };
  return new LedgerError(`${what}: ${message || code || String(error)}`, code);
}
