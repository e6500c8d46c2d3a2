import { spawnSync } from 'node:child_process';

/**
 * Whether this synth is the first step of `cdktf deploy` of a stack: the cdktf program does not tell its app, so it is read from
 * the command lines of the processes above this one. `false` also where they cannot be read.
 *
 * @param commandLines - the nearest process's first
 */
export function isDeployOf(stack: string, commandLines: readonly string[] = commandLinesAbove()): boolean {
  return commandLines.some((line) => {
    const [, words] = /\bcdktf(?:\.js)?["']?\s+(?:deploy|apply)\b(.*)/.exec(line) ?? [];
    return words?.split(/[\s"']+/).some((word) => word === stack || (word.includes('*') && matches(word, stack)));
  });
}

function matches(glob: string, stack: string): boolean {
  return stack.startsWith(glob.slice(0, glob.indexOf('*'))) && stack.endsWith(glob.slice(glob.lastIndexOf('*') + 1));
}

/** A shell and two processes of cdktf's stand between, and whatever started those. */
function commandLinesAbove(levels = 6): string[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const processes = new Map(
    [...(stdout ?? '').matchAll(/^ *(\d+) +(\d+) +(.*)$/gm)].map(([, pid, parent, line]) => [
      Number(pid),
      { parent: Number(parent), line: line ?? '' },
    ]),
  );
  const lines: string[] = [];
  let above = processes.get(process.ppid);
  while (above && lines.length < levels) {
    lines.push(above.line);
    above = processes.get(above.parent);
  }
  return lines;
}
