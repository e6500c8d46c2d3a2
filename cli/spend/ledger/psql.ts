import type { Runtime } from '../../doctor/runtime';
import { type LedgerDatabase, LedgerError } from './database';

/** How long a statement that changes something may take. */
const TIMEOUT_MS = 120_000;

export interface PsqlProps {
  readonly runtime: Runtime;
  /** The workload that PostgreSQL runs in. */
  readonly workload: string;
  readonly database: string;
  readonly role: string;
}

/** LiteLLM's database through `psql` in the workload of PostgreSQL, which is not published. */
export class Psql implements LedgerDatabase {
  readonly name: string;

  constructor(private readonly props: PsqlProps) {
    this.name = `${props.database} in ${props.workload}`;
  }

  async *rows(query: string): AsyncGenerator<unknown> {
    const { runtime, workload } = this.props;
    // COPY hands rows over as they are read; a plain SELECT would be collected by psql first.
    const lines = runtime.execLines(workload, this.script(`COPY (${query}) TO STDOUT;`));
    try {
      for await (const line of lines) yield JSON.parse(unescaped(line)) as unknown;
    } catch (error) {
      throw error instanceof SyntaxError ? error : this.failure((error as Error).message);
    }
  }

  async run(statements: string): Promise<unknown[]> {
    const { runtime, workload } = this.props;
    const { code, stdout, stderr } = await runtime.exec(workload, this.script(statements), TIMEOUT_MS);
    if (code !== 0) throw this.failure(stderr);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  }

  close = async () => undefined;

  /** The statements go in as a file of their own; what is quoted in them is none of the shell's business. */
  private script(statements: string): string {
    const { database, role } = this.props;
    const psql = `psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --set=VERBOSITY=verbose`;
    const sql = statements.replaceAll("'", `'"'"'`);
    return `printf '%s' '${sql}' | ${psql} --username='${role}' --dbname='${database}'\n`;
  }

  private failure(stderr: string): LedgerError {
    const line = stderr.split('\n').find((each) => /error|fatal/i.test(each)) ?? stderr.trim().split('\n').at(-1) ?? '';
    const [, code, message] = /(?:ERROR|FATAL):\s+([0-9A-Z]{5}): (.*)/.exec(line) ?? [];
    return new LedgerError(`PostgreSQL (${this.name}) refused: ${message ?? (line || 'no answer')}`, code);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** COPY writes a backslash as two, and control characters as letters after one. */
const unescaped = (line: string): string =>
  line.includes('\\') ? line.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter) : line;
