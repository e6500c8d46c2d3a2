import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { isCheckout, PACKAGE_ROOT } from '../package-root';
import type { CommandContext } from './context';
import { CliError, EXIT, type ExitCode, usageError } from './errors';
import { type GlobalOptions, optionsOf } from './options';
import { hasSettingsFile, SETTINGS_FILE } from './settings-file';
import { handlingSignal } from './terminal/shutdown';

/** `gateway demo`: the same deployment as local processes, without Docker, Coder or an API key. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('run everything as local processes, without Docker, Coder or a provider key')
    .argument('[options...]', 'passed to the demo; `gateway demo -- --help` shows them')
    .allowUnknownOption()
    .passThroughOptions(false)
    .action((rest: string[], _: unknown, command: Command) => run(rest, optionsOf(command), context));
}

async function run(rest: readonly string[], { json }: GlobalOptions, context: CommandContext): Promise<void> {
  const asJson = json && !rest.includes('--json') ? ['--json'] : [];
  context.exitCode = await runDemo([...withSettings(rest, context), ...asJson], context);
}

/**
 * The demo's options with the path of its settings made absolute, since it runs in another folder. Where none are named, those in
 * the working directory are used, as by every other command; where there are none, the demo has its own.
 *
 * @throws SettingsError where the file is broken: better now than after the demo has started
 */
function withSettings(rest: readonly string[], context: CommandContext): string[] {
  if (rest.some((word) => word === '--help' || word === '-h')) return [...rest];
  const at = rest.findIndex((word) => word === '--settings' || word.startsWith('--settings='));
  const separate = rest[at] === '--settings';
  const named = separate ? rest[at + 1] : rest[at]?.slice('--settings='.length);
  if (at === -1) {
    if (!hasSettingsFile(context.cwd)) return [...rest];
    context.loadSettings();
    return ['--settings', context.path(SETTINGS_FILE), ...rest];
  }
  // Without a value; the demo says so.
  if (!named) return [...rest];
  context.loadSettings(named);
  return [...rest.slice(0, at), '--settings', context.path(named), ...rest.slice(at + (separate ? 2 : 1))];
}

/** Ctrl-C reaches the demo too, since it is in the same process group; this program only waits until it has cleaned up. */
async function runDemo(options: readonly string[], { env }: CommandContext): Promise<ExitCode> {
  if (!isCheckout) {
    throw usageError(
      'the installed package holds no demo, which needs the sources',
      'clone the repository and run `make demo` there',
    );
  }
  const child = spawn(process.execPath, ['--import', 'tsx', join(PACKAGE_ROOT, 'demo', 'main.ts'), ...options], {
    stdio: 'inherit',
    cwd: PACKAGE_ROOT,
    env,
  });
  const ended = () =>
    new Promise<ExitCode>((resolve, reject) => {
      child.once('error', (error) => reject(new CliError(`the demo cannot be started: ${error.message}`, EXIT.fault)));
      child.once('exit', (code, signal) => resolve((signal ? EXIT.interrupted : (code ?? EXIT.fault)) as ExitCode));
    });
  return handlingSignal(
    'SIGINT',
    () => undefined,
    () => handlingSignal('SIGTERM', () => child.kill('SIGTERM'), ended),
  );
}
