import { processContext } from './context';
import { buildProgram } from './program';
import { reportFault, run } from './run';

void main();

async function main(): Promise<void> {
  const context = processContext(process);
  // From a stream's or a timer's callback, where no command is there to catch it.
  process.on('uncaughtException', (error) => process.exit(reportFault(error, context, process.argv)));
  process.exitCode = await run(buildProgram(context), process.argv, context);
}
