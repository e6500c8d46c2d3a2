import { buildProgram } from './program';
import { run } from './run';

void run(buildProgram(), process.argv);
