import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { isCheckout, PACKAGE_ROOT } from '../package-root';
import { optionsOf } from './context';
import { CliError, EXIT, type ExitCode, usageError } from './errors';

/** `gateway demo`: the same deployment as local processes, without Docker, Coder or an API key. */
export function register(program: Command): void {
  program
    .command('demo')
    .description('try everything as local processes, without Docker, Coder or a provider key')
    .argument('[options...]', 'given to the demo; `gateway demo -- --help` shows them')
    .allowUnknownOption()
    .passThroughOptions(false)
    .action(async (rest: string[], _: unknown, command: Command) => {
      const { json } = optionsOf(command);
      process.exitCode = await demo([...rest, ...(json && !rest.includes('--json') ? ['--json'] : [])]);
    });
}

/** Ctrl-C reaches the demo too, since it is in the same process group; this program only waits until it has cleaned up. */
async function demo(options: readonly string[]): Promise<ExitCode> {
  if (!isCheckout) {
    throw usageError(
      'the installed package holds no demo, which needs the sources',
      'clone the repository and run `make demo` there',
    );
  }
  const child = spawn(process.execPath, ['--import', 'tsx', join(PACKAGE_ROOT, 'demo', 'main.ts'), ...options], {
    stdio: 'inherit',
    cwd: PACKAGE_ROOT,
  });
  const wait = () => {};
  const passOn = () => child.kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', passOn);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new CliError(`the demo cannot be started: ${error.message}`, EXIT.fault)));
      child.once('exit', (code, signal) => resolve((signal ? EXIT.interrupted : (code ?? EXIT.fault)) as ExitCode));
    });
  } finally {
    process.off('SIGINT', wait);
    process.off('SIGTERM', passOn);
  }
}
