/**
 * Usage: node --import tsx bench/demo.ts [--first]
 *
 * How long the demo takes to be ready and how much memory it then takes. With --first also an installation into an empty
 * cache directory (the package index's downloads included), and how many times longer that is.
 */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { plainErrors } from '../plain-errors';
import { memoryOf } from '../runtime/processes/memory';

plainErrors('bench/demo');

const ROOT = join(__dirname, '..');
const run = promisify(execFile);

async function start(env: NodeJS.ProcessEnv): Promise<{ seconds: number; megabytes: number }> {
  const began = performance.now();
  const command = ['--import', 'tsx', join(ROOT, 'demo/main.ts'), '--detach', '--json', '--mock'];
  const demo = spawn(process.execPath, command, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [stdout] = await Promise.all([text(demo.stdout), once(demo, 'exit')]);
  if (demo.exitCode !== 0) throw new Error('the demo did not start, for the reason above');
  const seconds = (performance.now() - began) / 1000;
  const { pids, directory } = JSON.parse(stdout) as { pids: { demo: number }; directory: string };
  const megabytes = await memoryOf(pids.demo);
  await run(process.execPath, ['--import', 'tsx', join(ROOT, 'demo/stop.ts'), '--directory', directory], {
    cwd: ROOT,
    env,
  });
  return { seconds, megabytes };
}

async function main(): Promise<void> {
  const withFirst = process.argv.includes('--first');
  const cache = withFirst ? mkdtempSync(join(tmpdir(), 'bench-demo-')) : undefined;
  const env = cache ? { ...process.env, GATEWAY_CACHE_DIR: cache } : process.env;
  try {
    const first = await start(env); // installs what is missing
    if (cache) console.log(`first start   ${first.seconds.toFixed(1)} s (limit 300 s)`);
    const later = [await start(env), await start(env), await start(env)].sort((a, b) => a.seconds - b.seconds);
    const second = later[1] ?? { seconds: 0, megabytes: 0 };
    console.log(`second start  ${second.seconds.toFixed(1)} s (limit 20 s; median of ${later.length})`);
    if (cache) console.log(`ratio         ${(first.seconds / second.seconds).toFixed(1)}`);
    console.log(`memory        ${second.megabytes} MB`);
  } finally {
    if (cache) rmSync(cache, { recursive: true, force: true });
  }
}

void main();
