import { type Command, CommanderError } from 'commander';
import { ZodError } from 'zod';
import { outputError } from '../plain-errors';
import type { CommandContext } from './context';
import { CliError, EXIT, type ExitCode } from './errors';
import type { Io } from './terminal/io';
import { sanitize } from './terminal/output';
import { endWithOutput } from './terminal/shutdown';
import { wrap } from './terminal/wrap';
import { explainUsage } from './usage-errors';

/** Whatever escapes a command: an error of this program, told in one sentence. */
export const reportFault = (error: unknown, { io }: CommandContext, argv: readonly string[]): ExitCode =>
  report(io, understand(error), argv.includes('--json'));

/** Runs a command line; whatever fails is printed as one message for people. The result is what the process is to end with. */
export async function run(program: Command, argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  const { io } = context;
  const json = argv.includes('--json');
  endWithOutput(
    io,
    () => context.exitCode,
    (error) => failureText(io, { message: outputError(error), exitCode: EXIT.output }, json),
  );
  for (const command of withSubcommands(program)) {
    // Errors are printed below; and help that was not requested is not JSON.
    command.configureOutput({ outputError: () => undefined, ...(json ? { writeErr: () => undefined } : {}) });
  }
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) context.exitCode = report(io, understand(error), json);
    // Help and version, where they were requested.
    else if (error.exitCode === 0) context.exitCode = EXIT.ok;
    else if (error.code === 'commander.help' && !json) context.exitCode = EXIT.usage;
    else context.exitCode = report(io, { ...explainUsage(error, program, argv), exitCode: EXIT.usage }, json);
  }
  return context.exitCode;
}

const withSubcommands = (command: Command): Command[] => [command, ...command.commands.flatMap(withSubcommands)];

interface Failure {
  readonly message: string;
  readonly exitCode: ExitCode;
  readonly fix?: string;
}

function report(io: Io, failure: Failure, json: boolean): ExitCode {
  io.note(failureText(io, failure, json));
  return failure.exitCode;
}

function failureText(io: Io, { message, exitCode, fix }: Failure, json: boolean): string {
  if (json) return JSON.stringify({ error: { message, exit_code: exitCode, ...(fix ? { fix } : {}) } });
  const lines = [wrap(`${io.errorStyle.red('error:')} ${sanitize(message)}`, 7, io.errorWidth)];
  // Not wrapped: it may hold a command.
  if (fix) lines.push(`${io.errorStyle.dim('fix:')}   ${sanitize(fix)}`);
  return lines.join('\n');
}

function understand(error: unknown): Failure {
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
    message: `internal error: ${message ?? String(error)}`,
    exitCode: EXIT.fault,
    fix: 'please report it with the command you ran',
  };
}
