/** Usage: npm run demo:stop [-- --directory DIRECTORY]: ends the demos of this repository, or one of them. */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cacheDirectory } from '../runtime/installation/directories';
import { Registry } from './registry';

const PATIENCE_S = 40;

const USAGE = `Usage: npm run demo:stop [-- --directory DIRECTORY]

Ends the demos of this repository, or the one in DIRECTORY.
`;

void main();

async function main(): Promise<void> {
  const { values } = parsed();
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const registry = new Registry(cacheDirectory());
  const wanted = values.directory && resolve(values.directory);
  const demos = (await registry.running()).filter(({ directory }) => !wanted || directory === wanted);
  if (demos.length === 0) process.stdout.write(wanted ? `no demo runs in ${wanted}\n` : 'no demo runs\n');
  for (const { pid } of demos) process.kill(pid, 'SIGTERM');
  for (const { pid, directory } of demos) {
    const deadline = Date.now() + PATIENCE_S * 1000;
    let runs = true;
    while (runs && Date.now() < deadline) {
      runs = (await registry.running()).some((entry) => entry.pid === pid);
      if (runs) await sleep(200);
    }
    if (runs) process.exitCode = 1;
    process.stdout.write(
      runs ? `the demo in ${directory} (process ${pid}) does not end\n` : `stopped the demo in ${directory}\n`,
    );
  }
}

function parsed() {
  try {
    return parseArgs({ options: { directory: { type: 'string' }, help: { type: 'boolean' } } });
  } catch (error) {
    process.stderr.write(`demo:stop: ${(error as Error).message.split('. ')[0]}\n\n${USAGE}`);
    process.exit(2);
  }
}
