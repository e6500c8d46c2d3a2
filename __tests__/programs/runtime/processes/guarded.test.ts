import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { processStart } from '../../../../runtime/processes/process-start';

const GUARDED = join(__dirname, '../../../../runtime/processes/guarded.ts');

/** A process that starts a guarded shell command, prints its pid, and then does nothing. */
async function parentOf(command: string, graceSeconds = 10) {
  const script = `
    const { startGuarded } = require(${JSON.stringify(GUARDED)});
    const { child, release } = startGuarded('sh', ['-c', ${JSON.stringify(command)}], {
      env: process.env, stdio: ['ignore', 'pipe', 'pipe'], graceSeconds: ${graceSeconds},
    });
    child.stdout.once('data', (text) => console.log(JSON.stringify([child.pid, ...String(text).trim().split(' ').map(Number)])));
    process.on('SIGUSR1', release);
    child.once('exit', () => process.exit(0));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  return { parent, pids: JSON.parse(line) as number[] };
}

const isAlive = async (pid: number) => (await processStart(pid)) !== undefined;

async function allGone(pids: number[]) {
  for (const pid of pids) while (await isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('a child ends when its parent is killed', async () => {
  const { parent, pids } = await parentOf('echo $$; exec sleep 300');
  expect(await Promise.all(pids.map(isAlive))).not.toContain(false);
  parent.kill('SIGKILL');
  await allGone(pids);
});

test('what a child started ends with it', async () => {
  const { parent, pids } = await parentOf('sleep 300 & echo $$ $!; wait');
  expect(pids).toHaveLength(3);
  parent.kill('SIGKILL');
  await allGone(pids);
});

test('what a crashed child left behind ends too', async () => {
  const { pids } = await parentOf('sleep 300 & echo $$ $!; exit 1');
  await allGone(pids);
});

test('a child that ignores the request to end is killed after the grace period', async () => {
  const { parent, pids } = await parentOf(`trap '' TERM; echo $$; while :; do sleep 0.1; done`, 1);
  parent.kill('SIGKILL');
  await allGone(pids);
});

test('a child is first asked to end', async () => {
  const { parent, pids } = await parentOf(`trap 'exit 0' TERM; echo $$; while :; do sleep 0.05; done`, 3600);
  parent.kill('SIGUSR1');
  await allGone(pids);
});

const onLinux = process.platform === 'linux' ? test : test.skip; // macOS has no setsid command

onLinux('what a child started ends at once with it, although nothing reaps the child', async () => {
  const guard = join(__dirname, '../../../../runtime/processes/guard.sh');
  const command = `setsid sh '${guard}' TERM 3600 sh -c 'sleep 300 & echo $$ $!; exec sleep 300' & exec sleep 600`;
  const parent = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
  const [line] = (await once(createInterface({ input: parent.stdout as Readable }), 'line')) as [string];
  const [leader = 0, child = 0] = line.split(' ').map(Number);
  (parent.stdio[3] as Writable).destroy();
  await allGone([leader, child]);
  expect(process.kill(leader, 0)).toBe(true);
  parent.kill('SIGKILL');
});
