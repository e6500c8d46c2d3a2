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

/**
 * A process that was killed and that its parent never reaps. The child is a shell command that prints its lines, then waits.
 * Its parent is a `sleep` that took the place of the shell that started it.
 */
export async function zombie(command: string, lines: number): Promise<Zombie> {
  const parent = spawn('sh', ['-c', `(${command}) & echo $!; exec sleep 600`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output: string[] = [];
  const reader = createInterface({ input: parent.stdout });
  reader.on('line', (line) => output.push(line));
  while (output.length < lines + 1) await once(reader, 'line');
  const pid = Number(output[0]);
  process.kill(pid, 'SIGKILL');
  return { pid, output: output.slice(1), reap: () => parent.kill('SIGKILL') };
}
