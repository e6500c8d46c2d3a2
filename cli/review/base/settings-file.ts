import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { usageError } from '../../errors';

/** Where the settings of this working tree and of the base are. */
export interface SettingsFiles {
  /** From the root of the repository, or absolute where the file is outside it. */
  readonly head: string;
  /** From the root of the base's checkout, or absolute where it is another file, outside the repository. */
  readonly base: string;
}

/**
 * Finds both settings files.
 *
 * @param settings of this working tree: relative to `cwd`, where there is such a file, else to the repository
 * @param baseSettings of the base. @default - the base's own version of the same file
 * @throws CliError (usage) where there is no such file, or the base can have no version of it
 */
export function settingsFiles(
  settings: string,
  baseSettings: string | undefined,
  root: string,
  cwd = process.cwd(),
): SettingsFiles {
  const file = [resolve(cwd, settings), resolve(root, settings)].find((each) => existsSync(each));
  if (!file) throw usageError(`${settings} does not exist`, 'name the settings of the deployment with --settings');
  const own = inside(file, root);
  const linked = own !== undefined && inside(realpathSync(file), root) === undefined;
  const head = own !== undefined && !linked ? own : file;
  if (baseSettings !== undefined) return { head, base: named(baseSettings, root, cwd) };
  if (own !== undefined && !linked) return { head, base: own };
  throw usageError(
    linked
      ? `${settings} is a link to ${realpathSync(file)}, outside this repository: the base has no version of it`
      : `${settings} is outside this repository: the base has no version of it`,
    `name what to compare it with: --base-settings FILE, a path in the base (such as gateway.yaml) or another copy outside; the same file shows what the code and the catalog alone change`,
  );
}

/** A path in the base, which this working tree need not have, or a file outside the repository. */
function named(baseSettings: string, root: string, cwd: string): string {
  const file = resolve(cwd, baseSettings);
  const own = existsSync(dirname(file)) ? inside(file, root) : undefined;
  if (own !== undefined && !(existsSync(file) && inside(realpathSync(file), root) === undefined)) return own;
  if (existsSync(file)) return file;
  if (!isAbsolute(baseSettings) && !baseSettings.startsWith('..')) return baseSettings;
  throw usageError(`${baseSettings} does not exist`, 'name a path in the base, or a file outside the repository');
}

/**
 * The settings of a checkout of the base.
 *
 * @throws CliError (usage) where it has no such file, or one that leads out of it
 */
export function settingsInBase(file: string, checkout: string, ref: string): string {
  if (isAbsolute(file)) return file;
  const path = join(checkout, file);
  const fix =
    'name the settings that the base has with --base-settings FILE: a path in the base, or a file outside the repository';
  if (!existsSync(path)) throw usageError(`"${ref}" has no file ${file}: it is new here, or not committed`, fix);
  if (inside(realpathSync(path), checkout) === undefined)
    throw usageError(`${file} of "${ref}" is a link out of the repository: the base has no version of it`, fix);
  return file;
}

/** A file's path from a folder that it is in, links in the way to it resolved, a link that it is itself not. */
function inside(file: string, folder: string): string | undefined {
  const path = relative(realpathSync(folder), join(realpathSync(dirname(file)), basename(file)));
  return path.startsWith('..') || isAbsolute(path) ? undefined : path;
}
