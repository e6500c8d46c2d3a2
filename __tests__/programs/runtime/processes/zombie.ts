import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Zombie {
  readonly pid: number;
  /** Lines that the child printed before it ended. */
  readonly output: string[];
  /** Ends its parent; then it is reaped. */
  reap(): void;
}

/** Says who it is, then becomes the command; its parent sleeps, and reaps nothing. A shell reaps what ends before it sleeps. */
const PROGRAM = '$| = 1; if (!fork) { print "$$\\n"; exec "sh", "-c", $ARGV[0] } sleep 600';

/** A process that was killed and that its parent never reaps: a shell command that prints its lines, then waits. */
export async function zombie(command: string, lines: number): Promise<Zombie> {
  const parent = spawn('perl', ['-e', PROGRAM, command], { stdio: ['ignore', 'pipe', 'inherit'] });
  const output: string[] = [];
  const reader = createInterface({ input: parent.stdout });
  reader.on('line', (line) => output.push(line));
  while (output.length < lines + 1) await once(reader, 'line');
  const pid = Number(output[0]);
  process.kill(pid, 'SIGKILL');
  return { pid, output: output.slice(1), reap: () => parent.kill('SIGKILL') };
}
