import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStart } from '../../../../runtime/processes/process-start';
import { zombie } from './zombie';

test('a process has the same start each time it is asked for, and a process that began later has another one', async () => {
  const start = await processStart(process.pid);
  expect(start).toBeTruthy();
  await sleep(1100); // a start that is told in seconds would differ now if it were counted back from the present
  expect(await processStart(process.pid)).toBe(start);
  const later = spawn('sleep', ['300']);
  expect(await processStart(later.pid ?? 0)).not.toBe(start);
  later.kill();
});

test('a process id that is not in use has no start', async () => {
  expect(await processStart(2 ** 22 + 1)).toBeUndefined();
});

test('a process that was killed and not reaped does not run, although it still takes signals', async () => {
  const { pid, reap } = await zombie('exec sleep 300', 0);
  try {
    let start = await processStart(pid);
    for (let tries = 0; start !== undefined && tries < 100; tries += 1) {
      await sleep(20);
      start = await processStart(pid);
    }
    expect(process.kill(pid, 0)).toBe(true);
    expect(start).toBeUndefined();
  } finally {
    reap();
  }
});
