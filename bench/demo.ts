/**
 * Usage: node --import tsx bench/demo.ts [--first]
 *
 * How long the demo takes to be ready and how much memory it then takes. With --first also an installation into an empty
 * cache directory (the package index's downloads included), and how many times longer that is.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { memoryOf } from '../demo/memory.ts';

const ROOT = join(__dirname, '..');
const run = promisify(execFile);

async function start(env: NodeJS.ProcessEnv): Promise<{ seconds: number; megabytes: number }> {
  const began = performance.now();
  const command = ['--import', 'tsx', join(ROOT, 'demo/main.ts'), '--detach', '--json', '--mock'];
  const { stdout } = await run(process.execPath, command, { cwd: ROOT, env });
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
    const first = cache ? await start(env) : undefined;
    if (!first) await start(env); // installs what is missing
    const later = [await start(env), await start(env), await start(env)].sort((a, b) => a.seconds - b.seconds);
    const second = later[1] ?? { seconds: 0, megabytes: 0 };
    if (first) console.log(`first start   ${first.seconds.toFixed(1)} s (limit 300 s)`);
    console.log(`second start  ${second.seconds.toFixed(1)} s (limit 20 s; median of ${later.length})`);
    if (first) console.log(`ratio         ${(first.seconds / second.seconds).toFixed(1)}`);
    console.log(`memory        ${second.megabytes} MB`);
  } finally {
    if (cache) rmSync(cache, { recursive: true, force: true });
  }
}

void main();
