import { type Command, CommanderError } from 'commander';
import { ZodError } from 'zod';
import { CliError, EXIT, type ExitCode } from './errors';
import { endQuietlyOnBrokenPipe, harmless } from './terminal/output';
import { errorStyle } from './terminal/style';

/** Runs a command line and leaves its outcome in `process.exitCode`; whatever fails becomes one message for people. */
export async function run(program: Command, argv: readonly string[]): Promise<void> {
  endQuietlyOnBrokenPipe();
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error, argv.includes('--json'));
  }
}

function report(error: unknown, json: boolean): ExitCode {
  // commander has printed its message already; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const { message, exitCode, fix } = understand(error);
  if (json) {
    process.stderr.write(`${JSON.stringify({ error: { message, exit_code: exitCode, ...(fix ? { fix } : {}) } })}\n`);
  } else {
    process.stderr.write(`${errorStyle.red('error:')} ${harmless(message)}\n`);
    if (fix) process.stderr.write(`${errorStyle.dim('fix:')}   ${harmless(fix)}\n`);
  }
  return exitCode;
}

function understand(error: unknown): { message: string; exitCode: ExitCode; fix?: string } {
  if (error instanceof CliError) {
    return { message: error.message, exitCode: error.exitCode, ...(error.fix ? { fix: error.fix } : {}) };
  }
  const { name, message } = error as Error;
  if (name === 'SettingsError' || name === 'CatalogError') return { message, exitCode: EXIT.usage };
  if (error instanceof ZodError) {
    const issues = error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    return { message: issues.join('; '), exitCode: EXIT.usage };
  }
  return {
    message: `this is a fault of the program, not yours: ${message ?? String(error)}`,
    exitCode: EXIT.fault,
    fix: 'please report it with the command you ran',
  };
}
