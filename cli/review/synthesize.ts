import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isCheckout, PACKAGE_ROOT } from '../../package-root';
import { usageError } from '../errors';
import { checkOut, inTemporaryFolder, prefixOf, resolveCommit } from './base/git';
import { type Output, readOutput } from './base/output';
import { settingsInBase } from './base/settings-file';

const run = promisify(execFile);

/** What is reviewed: this repository, or, with the installed package, the directory it is run in. */
export const ROOT = isCheckout ? PACKAGE_ROOT : process.cwd();
/** A checkout synthesizes with its own code; a directory that only has settings, with the installed package's. */
const SYNTH = isCheckout ? ['--import', 'tsx', 'main.ts'] : [join(PACKAGE_ROOT, 'bin', 'synth')];

/**
 * Synthesizes the working tree, into a folder of its own, and reads the result.
 *
 * @param settings path of the settings file, absolute or from the root of the repository
 * @throws CliError (usage) where synth fails
 */
export function synthesizeHere(settings: string, root = ROOT): Promise<Output> {
  return inTemporaryFolder(root, (folder) => synthesize(root, settings, join(folder, 'out'), 'this working tree'));
}

/**
 * Synthesizes the working tree for Kubernetes, and reads the platform's objects as YAML files, in their order.
 *
 * @param settings absolute path of the settings file
 * @throws CliError (usage) where synth fails
 */
export function synthesizeManifests(settings: string, root = ROOT): Promise<{ name: string; content: string }[]> {
  return inTemporaryFolder(root, async (folder) => {
    const out = join(folder, 'out');
    await synthesizeInto(out, root, settings, 'this working tree');
    const directory = join(out, 'kubernetes');
    return readdirSync(directory)
      .sort()
      .map((name) => ({ name, content: readFileSync(join(directory, name), 'utf8') }));
  });
}

/**
 * Synthesizes another commit with its own code, and the packages installed here.
 *
 * @param settings path of the settings file, absolute or from the root of that commit
 * @throws CliError (usage) where there is no such commit or file, or it cannot be synthesized
 */
export async function synthesizeCommit(ref: string, settings: string, root = ROOT): Promise<Output> {
  const commit = await resolveCommit(ref, root);
  return inTemporaryFolder(root, async (folder) => {
    const checkout = join(folder, 'base');
    await checkOut(root, commit, checkout, { withPackages: isCheckout });
    const directory = join(checkout, await prefixOf(root));
    const fix = 'compare with a commit whose `npm run synth` works';
    if (!existsSync(directory)) throw usageError(`"${ref}" has no such directory as this one`, fix);
    const file = settingsInBase(settings, directory, ref);
    return synthesize(directory, file, join(folder, 'out'), `"${ref}"`, fix);
  });
}

async function synthesize(folder: string, settings: string, out: string, what: string, fix?: string): Promise<Output> {
  await synthesizeInto(out, folder, settings, what, fix);
  return readOutput(out, what);
}

async function synthesizeInto(
  out: string,
  folder: string,
  settings: string,
  what: string,
  fix?: string,
): Promise<void> {
  // Without what a surrounding cdktf command says: nothing is deployed here.
  const { CDKTF_CONTEXT_JSON: _context, ...environment } = process.env;
  const env = { ...environment, NODE_OPTIONS: '', CDKTF_OUTDIR: out, GATEWAY_SETTINGS: settings };
  try {
    await run(process.execPath, SYNTH, { cwd: folder, maxBuffer: 64 << 20, env });
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    throw usageError(`${what} cannot be synthesized:\n  ${essence(stderr.trim() || message)}`, fix);
  }
}

/** The message of an uncaught error without its stack; else the end of what was printed. */
function essence(printed: string): string {
  const lines = printed.split('\n').filter((line) => !/^\s+at |^Node\.js v/.test(line));
  const thrown = lines.findLastIndex((line) => /^\w*(Error|Exception)\b.*:/.test(line));
  return lines
    .slice(thrown === -1 ? -8 : thrown, thrown === -1 ? undefined : thrown + 6)
    .join('\n  ')
    .trim();
}
