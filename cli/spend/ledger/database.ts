/**
 * LiteLLM's database, as far as the ledger needs it. Statements are text: over `psql` in a container nothing can be bound, so
 * values go in through {@link text} and {@link json}.
 */
export interface LedgerDatabase {
  /** For messages: where it is, without a password. */
  readonly name: string;
  /**
   * The rows of a query that selects one column of JSON text, parsed; read in portions, so that memory does not grow with their
   * number.
   *
   * @throws LedgerError where the database does not answer or refuses
   */
  rows(query: string): AsyncIterable<unknown>;
  /**
   * Runs statements, the last of which selects one column of JSON text. The statements open and close a transaction themselves.
   *
   * @throws LedgerError as {@link rows}
   */
  run(statements: string): Promise<unknown[]>;
  close(): Promise<void>;
}

/** The database did not answer, or refused. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';

  constructor(
    message: string,
    /** PostgreSQL's code, such as `42P01` for a table that is not there. @default - not an answer of PostgreSQL */
    readonly code?: string,
  ) {
    super(message);
  }
}

/** A value as a string literal of SQL. */
export function text(value: string): string {
  // PostgreSQL's text holds no NUL; backslashes are plain characters in it (standard_conforming_strings).
  return `'${value.replaceAll('\0', '').replaceAll("'", "''")}'`;
}

/** A column of type timestamp, which LiteLLM keeps in UTC, as ISO 8601. */
export const isoTime = (column: string): string => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A value as a literal of type jsonb. */
export const json = (value: unknown): string => `${text(JSON.stringify(value))}::jsonb`;
