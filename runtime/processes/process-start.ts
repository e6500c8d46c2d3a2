import { readFileSync } from 'node:fs';
import { run } from './run';

/**
 * When a process started, as a text that is only good for comparing: process ids are reused. Undefined where no such
 * process runs; one that has ended and was not reaped by its parent (a zombie) does not run.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? fromProc(pid) : processStartByPs(pid);
}

/** Clock ticks since the machine booted, with the boot they count from; unlike a time of day, no clock change moves them. */
function fromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name comes in parentheses and may hold spaces and parentheses itself; then fields 3 (state) to 52.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (hasEnded(fields[0])) return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
  } catch {
    return undefined; // no such process, or it ended between the two reads
  }
}

/** The same as `ps` tells it, in whole seconds: on Linux it can change by one while the process runs. */
export async function processStartByPs(pid: number): Promise<string | undefined> {
  const env = { LC_ALL: 'C', TZ: 'UTC' };
  const line = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env }).catch(() => '');
  const [, state, start] = /^\s*(\S+)\s+(.*\S)/.exec(line) ?? [];
  return hasEnded(state) ? undefined : start;
}

/** Z: a zombie, X: being removed. */
const hasEnded = (state: string | undefined) => state === undefined || /^[ZX]/i.test(state);
