import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a directory that a person named, and what is missing above it; does nothing where it is there. Not by `recursive` alone: Node 20
 * never returns, and cannot be interrupted, where a file system says of a new directory that it does not exist (`/proc`).
 *
 * @throws Error of the file system, with the path that was named
 */
export function makeDirectory(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const directory of missing.length > 0 ? missing : [path]) {
    try {
      mkdirSync(directory);
    } catch (error) {
      // It is there, or another process made it meanwhile.
      if (existsSync(directory) && statSync(directory).isDirectory()) continue;
      throw Object.assign(error as NodeJS.ErrnoException, { path });
    }
  }
}
