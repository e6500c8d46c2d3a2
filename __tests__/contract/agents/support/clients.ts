import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../../../../runtime/installation/directories';
import { exclusively } from '../../../../runtime/installation/exclusively';
import { quietly } from '../../../../runtime/installation/work';

const run = promisify(execFile);
const ROOT = join(__dirname, '../../../..');
const CACHE = join(cacheDirectory(), 'clients');

const PACKAGES = ['opencode-ai@1.18.33', '@anthropic-ai/claude-code@2.1.330', '@openai/codex@0.169.0'];
const AIDER = 'aider-chat==0.86.2';
/** What the image's build does to OpenCode. */
const KEEP_OUTSIDE = join(ROOT, 'images/contractor-workspace/build/keep-opencode-outside.js');

/** Programs of the real clients, installed once into the cache: they are no dependency of this project. */
export function installClients(): Promise<Record<'opencode' | 'claude' | 'codex' | 'aider', string>> {
  // Several test files ask for them at the same moment.
  return exclusively(CACHE, quietly, install);
}

async function install(): Promise<Record<'opencode' | 'claude' | 'codex' | 'aider', string>> {
  const npm = join(CACHE, `npm-${digest(PACKAGES.join())}`);
  const python = join(CACHE, AIDER);
  await once(npm, async (unfinished) => {
    await mkdir(unfinished, { recursive: true });
    await writeFile(join(unfinished, 'package.json'), '{"private":true}');
    await run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--save-exact', ...PACKAGES], {
      cwd: unfinished,
    });
  });
  if (!existsSync(join(python, 'bin/aider'))) {
    // A virtual environment holds its own path and cannot be moved into place.
    await rm(python, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', python]);
    await run(join(python, 'bin/pip'), ['install', '--quiet', AIDER]);
  }
  const bin = join(npm, 'node_modules/.bin');
  await run('node', [KEEP_OUTSIDE, await realpath(join(bin, 'opencode'))]);
  return {
    opencode: join(bin, 'opencode'),
    claude: join(bin, 'claude'),
    codex: join(bin, 'codex'),
    aider: join(python, 'bin/aider'),
  };
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

async function once(target: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  if (existsSync(target)) return;
  const unfinished = `${target}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await make(unfinished);
  await rename(unfinished, target);
}
