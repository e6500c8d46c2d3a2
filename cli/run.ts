import { type Command, CommanderError } from 'commander';
import { ZodError } from 'zod';
import { CliError, EXIT, type ExitCode } from './errors';
import { leave } from './terminal/leaving';
import { endQuietlyOnBrokenPipe, harmless } from './terminal/output';
import { errorStyle, terminalWidth } from './terminal/style';
import { wrap } from './terminal/wrap';
import { explain } from './wrong-words';

/** Runs a command line and leaves its outcome in `process.exitCode`; whatever fails becomes one message for people. */
export async function run(program: Command, argv: readonly string[]): Promise<void> {
  endQuietlyOnBrokenPipe(leave);
  const json = argv.includes('--json');
  for (const command of withSubcommands(program)) {
    // Errors are worded below; and help that nobody asked for is no JSON.
    command.configureOutput({ outputError: () => undefined, ...(json ? { writeErr: () => undefined } : {}) });
  }
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) process.exitCode = report(understand(error), json);
    // Help and version, where they were asked for.
    else if (error.exitCode === 0) process.exitCode = EXIT.ok;
    else if (error.code === 'commander.help' && !json) process.exitCode = EXIT.usage;
    else process.exitCode = report({ ...explain(error, program, argv), exitCode: EXIT.usage }, json);
  }
}

const withSubcommands = (command: Command): Command[] => [command, ...command.commands.flatMap(withSubcommands)];

interface Understood {
  readonly message: string;
  readonly exitCode: ExitCode;
  readonly fix?: string;
}

function report({ message, exitCode, fix }: Understood, json: boolean): ExitCode {
  if (json) {
    process.stderr.write(`${JSON.stringify({ error: { message, exit_code: exitCode, ...(fix ? { fix } : {}) } })}\n`);
  } else {
    process.stderr.write(
      `${wrap(`${errorStyle.red('error:')} ${harmless(message)}`, 7, terminalWidth(process.stderr))}\n`,
    );
    if (fix) process.stderr.write(`${errorStyle.dim('fix:')}   ${harmless(fix)}\n`);
  }
  return exitCode;
}

function understand(error: unknown): Understood {
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
