import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Settings } from '../../../settings/schema';
import { DATABASE_NAME, DATABASE_ROLE } from '../../../workloads/postgres';
import type { CommandContext } from '../../context';
import { CliError, EXIT, usageError } from '../../errors';
import { type LedgerDatabase, LedgerError } from './database';
import { PostgresClient } from './postgres-client';
import { Psql } from './psql';

/** The variable that names the database; a variable, since arguments are visible to every process on the machine. */
export const DATABASE_VARIABLE = 'GATEWAY_DATABASE_URL';

export interface OpenOptions {
  readonly settings: Settings;
  /** The directory of a demo, as it was named. @default - none */
  readonly demo?: string;
}

/**
 * Opens LiteLLM's database: at the address in `GATEWAY_DATABASE_URL`, else that of a demo, else through `psql` in the deployment's
 * container of PostgreSQL, which is not published.
 *
 * @throws CliError (usage, unreachable) where there is none of them
 */
export async function openLedger(context: CommandContext, { settings, demo }: OpenOptions): Promise<LedgerDatabase> {
  const url = context.env[DATABASE_VARIABLE] ?? (demo ? demoDatabase(context, demo) : undefined);
  if (url) return PostgresClient.open(url);
  const runtime = context.runtime(settings);
  const workload = `${settings.name}-postgres`;
  const other = `or set ${DATABASE_VARIABLE}, or name the directory of a demo with --demo`;
  const unavailable = await runtime.unavailable();
  if (unavailable) {
    throw new CliError(
      `${runtime.name} cannot be used to reach the ledger: ${unavailable}`,
      EXIT.unreachable,
      `run this where the deployment runs, ${other}`,
    );
  }
  const state = await runtime.state(workload);
  if (state?.phase !== 'running') {
    const found = state ? `is ${state.status}` : 'does not exist';
    throw new CliError(
      `the ledger is in ${workload}, which ${found}`,
      EXIT.unreachable,
      `run \`gateway doctor\`, ${other}`,
    );
  }
  return new Psql({ runtime, workload, database: DATABASE_NAME, role: DATABASE_ROLE });
}

/** Runs work with the ledger, and closes it. @throws CliError (unreachable) where the database fails */
export async function withLedger<T>(
  context: CommandContext,
  options: OpenOptions,
  work: (database: LedgerDatabase) => Promise<T>,
): Promise<T> {
  let database: LedgerDatabase | undefined;
  try {
    database = await openLedger(context, options);
    return await work(database);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const noTable = error.code === '42P01';
    const fix = noTable
      ? `check that ${DATABASE_VARIABLE} names LiteLLM's database`
      : 'check that PostgreSQL runs and that the address and password are right';
    throw new CliError(error.message, EXIT.unreachable, fix);
  } finally {
    await database?.close();
  }
}

const stateSchema = z.object({ databasePassword: z.string() });
/** The fourth line of `postmaster.pid` is the port. */
const PORT_LINE = 3;

function demoDatabase({ path }: CommandContext, directory: string): string {
  try {
    const state = stateSchema.parse(JSON.parse(readFileSync(join(path(directory), 'state.json'), 'utf8')));
    const port = readFileSync(join(path(directory), 'database', 'postmaster.pid'), 'utf8').split('\n')[PORT_LINE];
    return `postgresql://${DATABASE_ROLE}:${state.databasePassword}@127.0.0.1:${Number(port)}/${DATABASE_NAME}`;
  } catch {
    throw usageError(`${directory} is not the directory of a demo that runs`, '`make demo` prints it');
  }
}
