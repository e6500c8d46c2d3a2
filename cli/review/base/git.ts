import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { usageError } from '../../errors';
import { cleaningUp } from '../../terminal/shutdown';

const run = promisify(execFile);

/** A folder that is gone afterwards, also after Ctrl-C, and so is what git remembers of a checkout in it. */
export async function inTemporaryFolder<T>(root: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-review-'));
  const remove = async () => {
    rmSync(folder, { recursive: true, force: true });
    await git(root, 'worktree', 'prune').catch(() => undefined);
  };
  return cleaningUp(remove, () => work(folder).finally(remove));
}

/** Checks a commit out into a new folder, and lends it the packages that are installed in `root` where it needs them. */
export async function checkOut(
  root: string,
  commit: string,
  folder: string,
  { withPackages }: { readonly withPackages: boolean },
): Promise<void> {
  await git(root, 'worktree', 'add', '--quiet', '--detach', folder, commit);
  if (withPackages) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}

/** Path of a directory from the root of its repository; '' at the root. */
export const prefixOf = (directory: string): Promise<string> => git(directory, 'rev-parse', '--show-prefix');

/** @throws CliError (usage) where the repository has no such commit */
export async function resolveCommit(ref: string, root: string): Promise<string> {
  try {
    return await git(root, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`);
  } catch {
    throw usageError(
      `"${ref}" is no commit of this repository`,
      'name a branch, tag or commit; `git fetch` brings those of the server',
    );
  }
}

async function git(cwd: string, ...arguments_: string[]): Promise<string> {
  const { stdout } = await run('git', arguments_, { cwd });
  return stdout.trim();
}
