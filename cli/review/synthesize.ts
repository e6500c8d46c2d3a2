import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import type { z } from 'zod';
import { isCheckout, PACKAGE_ROOT } from '../../package-root';
import { CliError, EXIT, usageError } from '../errors';
import { cleaningUp } from '../terminal/leaving';
import { gatewaySchema, proxyConfigSchema, type Stack, type Synthesized, stackSchema } from './synthesized';

const run = promisify(execFile);
/** What is reviewed: this repository, or, with the installed package, the one it is run in. */
const ROOT = isCheckout ? PACKAGE_ROOT : process.cwd();
/** A checkout synthesizes with its own code; a directory that only has settings, with the installed package's. */
const SYNTH = isCheckout ? ['--import', 'tsx', 'main.ts'] : [join(PACKAGE_ROOT, 'bin', 'synth')];

/**
 * Synthesizes the working tree, into a folder of its own, and reads the result.
 *
 * @param settings path of the settings file, from the root of the repository
 * @throws CliError (usage) where synth fails
 */
export function synthesizeHere(settings: string, root = ROOT): Promise<Synthesized> {
  return inTemporaryFolder(root, (folder) => synthesize(root, settings, join(folder, 'out'), 'this working tree'));
}

/**
 * Synthesizes another commit with the packages installed here.
 *
 * @param settings path of the settings file, from the root of that commit
 * @throws CliError (usage) where there is no such commit, or it cannot be synthesized
 */
export async function synthesizeCommit(ref: string, settings: string, root = ROOT): Promise<Synthesized> {
  const commit = await resolveCommit(ref, root);
  return inTemporaryFolder(root, async (folder) => {
    const checkout = join(folder, 'base');
    await git(root, 'worktree', 'add', '--quiet', '--detach', checkout, commit);
    if (isCheckout) symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
    return synthesize(
      join(checkout, await git(root, 'rev-parse', '--show-prefix')),
      settings,
      join(folder, 'out'),
      `"${ref}"`,
      'compare with a commit whose `npm run synth` works',
    );
  });
}

/** A folder that is gone afterwards, also after Ctrl-C, and so is what git remembers of a checkout in it. */
async function inTemporaryFolder<T>(root: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-review-'));
  const remove = async () => {
    rmSync(folder, { recursive: true, force: true });
    await git(root, 'worktree', 'prune').catch(() => undefined);
  };
  return cleaningUp(remove, () => work(folder).finally(remove));
}

async function resolveCommit(ref: string, root: string): Promise<string> {
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

async function synthesize(
  folder: string,
  settings: string,
  out: string,
  what: string,
  fix?: string,
): Promise<Synthesized> {
  if (!existsSync(folder)) throw usageError(`${what} has no such directory as this one`, fix);
  const env = { ...process.env, NODE_OPTIONS: '', CDKTF_OUTDIR: out, GATEWAY_SETTINGS: settings };
  try {
    await run(process.execPath, SYNTH, { cwd: folder, maxBuffer: 64 << 20, env });
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    throw usageError(`${what} cannot be synthesized:\n  ${essence(stderr.trim() || message)}`, fix);
  }
  return readSynthesized(out);
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

/** Reads what a synth wrote. */
export function readSynthesized(out: string): Synthesized {
  const stack = (name: string): Stack =>
    checked(stackSchema, JSON.parse(text(join(out, 'stacks', name, 'cdk.tf.json'))), name);
  const platform = stack('platform');
  const parameters = join(out, 'stacks', 'contractor-workspace', 'params.tf');
  return {
    proxy: checked(proxyConfigSchema, parse(text(join(out, 'litellm', 'config.yaml'))), 'config.yaml'),
    gateway: checked(gatewaySchema, JSON.parse(gatewayJson(out, platform)), 'gateway.json'),
    platform,
    workspace: stack('contractor-workspace'),
    parameters: existsSync(parameters) ? text(parameters) : '',
  };
}

/** gateway.json as a file of its own, or as the platform stack uploads it. */
function gatewayJson(out: string, platform: Stack): string {
  const file = (readdirSync(out, { recursive: true }) as string[]).find((path) => /(^|[\\/])gateway\.json$/.test(path));
  if (file) return text(join(out, file));
  for (const container of Object.values(platform.resource['docker_container'] ?? {})) {
    const uploads = (container['upload'] ?? []) as { file?: string; content?: string }[];
    const found = [uploads].flat().find((upload) => upload.file?.endsWith('gateway.json'));
    if (found?.content) return found.content;
  }
  return '{}';
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(
      `synth wrote no ${file} (${(error as NodeJS.ErrnoException).code})`,
      EXIT.usage,
      'run `npm run synth` and look at what it says',
    );
  }
}

function checked<S extends z.ZodType>(schema: S, value: unknown, what: string): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw usageError(
    `the synthesized ${what} has an unknown shape at ${issue?.path.join('.') || 'its top'}: ${issue?.message}`,
  );
}
