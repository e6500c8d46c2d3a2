import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

const TAIL_BYTES = 64 << 10;
const SHOWN_CHARACTERS = 200;

/** The last line of a log that matches, shortened. */
export function lastLine(log: string, pattern: RegExp): string | undefined {
  return log
    .split('\n')
    .findLast((line) => pattern.test(line))
    ?.trim()
    .slice(0, SHOWN_CHARACTERS);
}

/** The last lines of a log. */
export const lastLines = (log: string, count: number): string => log.trimEnd().split('\n').slice(-count).join('\n');

/** The end of `<name>.log` in a folder, since an old beginning says nothing about now; empty where it cannot be read. */
export function logFile(folder: string, name: string): string {
  try {
    const handle = openSync(join(folder, `${name}.log`), 'r');
    try {
      const { size } = fstatSync(handle);
      const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(handle, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8');
    } finally {
      closeSync(handle);
    }
  } catch {
    return '';
  }
}
