import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../../../../runtime/installation/directories';
import { exclusively } from '../../../../runtime/installation/exclusively';
import { quietly } from '../../../../runtime/installation/work';

const run = promisify(execFile);
const ROOT = join(__dirname, '../../../..');
const CACHE = join(cacheDirectory(), 'clients');

const IMAGE = join(ROOT, 'images/contractor-workspace');
/** What the image's build does to programs of Bun. */
const KEEP_OUTSIDE = join(IMAGE, 'build/keep-outside.js');

/** One agent of the workspace image's `versions.json`, which the image's build reads too. */
interface Version {
  readonly npm?: string;
  readonly pip?: string;
  /** Path in the package, for one that holds nothing else. */
  readonly program?: string;
  readonly version: string;
}
const VERSIONS: Record<string, Version> = JSON.parse(readFileSync(join(IMAGE, 'versions.json'), 'utf8'));

/** Commands that the npm packages bring, by agent. */
export const COMMANDS = {
  opencode: 'opencode',
  'claude-code': 'claude',
  codex: 'codex',
  cline: 'cline',
  'kilo-code': 'kilo',
  copilot: 'copilot',
} as const;
type NpmAgent = keyof typeof COMMANDS;
/** The clients, as a person types them. */
export type Client = (typeof COMMANDS)[NpmAgent] | 'aider';

/** Programs of the real clients, installed once into the cache: they are no dependency of this project. */
export function installClients(): Promise<Record<Client, string>> {
  // Several test files ask for them at the same moment.
  return exclusively(CACHE, quietly, install);
}

async function install(): Promise<Record<Client, string>> {
  const installed = await Promise.all((Object.keys(COMMANDS) as NpmAgent[]).map(installNpm));
  return { ...Object.fromEntries(installed), aider: await installAider() } as Record<Client, string>;
}

/** Each one in a folder of its own, so that a new version of one leaves the others where they are. */
async function installNpm(agent: NpmAgent): Promise<[Client, string]> {
  const { version, program, npm = '' } = VERSIONS[agent]!;
  const name = npm.replace('{arch}', process.arch);
  const folder = join(CACHE, `${agent}-${version}`);
  const path = program ? join(name, program) : join('.bin', COMMANDS[agent]);
  await once(folder, async (unfinished) => {
    await mkdir(unfinished, { recursive: true });
    await writeFile(join(unfinished, 'package.json'), '{"private":true}');
    await run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--save-exact', `${name}@${version}`], {
      cwd: unfinished,
    });
  });
  const found = join(folder, 'node_modules', path);
  if (agent === 'opencode' || agent === 'kilo-code' || agent === 'cline')
    await run('node', [KEEP_OUTSIDE, await realpath(found)]);
  return [COMMANDS[agent], found];
}

async function installAider(): Promise<string> {
  const { pip, version } = VERSIONS.aider!;
  const python = join(CACHE, `${pip}==${version}`);
  if (!existsSync(join(python, 'bin/aider'))) {
    // A virtual environment holds its own path and cannot be moved into place.
    await rm(python, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', python]);
    await run(join(python, 'bin/pip'), ['install', '--quiet', `${pip}==${version}`]);
  }
  return join(python, 'bin/aider');
}

async function once(target: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  if (existsSync(target)) return;
  const unfinished = `${target}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await make(unfinished);
  await rename(unfinished, target);
}
