import { processContext } from './context';
import { buildProgram } from './program';
import { run } from './run';

void main();

async function main(): Promise<void> {
  const context = processContext(process);
  process.exitCode = await run(buildProgram(context), process.argv, context);
}
