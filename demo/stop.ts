/** Usage: npm run demo:stop [-- --directory DIRECTORY]: stops the demos of this repository, or one of them. */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { plainErrors } from '../plain-errors';
import { registryDirectory } from '../runtime/installation/directories';
import { Registry } from './registry';

const STOP_TIMEOUT_S = 40;

const USAGE = `Usage: npm run demo:stop [-- --directory DIRECTORY]

Stops the demos of this repository, or the one in DIRECTORY.
`;

plainErrors('demo:stop');
void main();

async function main(): Promise<void> {
  const { values } = parsed();
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const registry = new Registry(registryDirectory());
  const requested = values.directory && resolve(values.directory);
  const demos = (await registry.running()).filter(({ directory }) => !requested || directory === requested);
  if (demos.length === 0) {
    process.stdout.write(requested ? `no demo is running in ${requested}\n` : 'no demo is running\n');
  }
  for (const { pid } of demos) requestStop(pid);
  for (const { pid, directory } of demos) {
    const deadline = Date.now() + STOP_TIMEOUT_S * 1000;
    let running = true;
    while (running && Date.now() < deadline) {
      running = (await registry.running()).some((entry) => entry.pid === pid);
      if (running) await sleep(200);
    }
    if (running) process.exitCode = 1;
    process.stdout.write(
      running
        ? `the demo in ${directory} did not stop within ${STOP_TIMEOUT_S} s; end it with kill -9 ${pid}\n`
        : `stopped the demo in ${directory}\n`,
    );
  }
}

function requestStop(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended by itself
  }
}

function parsed() {
  try {
    return parseArgs({ options: { directory: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  } catch (error) {
    process.stderr.write(`demo:stop: ${(error as Error).message.split('. ')[0]}\n\n${USAGE}`);
    process.exit(2);
  }
}
