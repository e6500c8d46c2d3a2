import { eventually } from '../support/requests';
import { cacheWithoutDemos } from './cache';
import { command, family, finished, survivors } from './demo-process';

const env = { GATEWAY_CACHE_DIR: cacheWithoutDemos() };
const MINUTES = 60_000;

/** Interrupts a demo after some time and says which of its processes are left half a minute later. */
async function interrupted(milliseconds: number, signal: NodeJS.Signals): Promise<number[]> {
  const demo = command('main', ['--json', '--mock'], env);
  const end = finished(demo);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const processes = await family(demo.pid ?? 0);
  demo.kill(signal);
  await end;
  return eventually(async () => {
    const left = await survivors(processes);
    expect(left).toEqual([]);
    return left;
  });
}

test.each([
  [300, 'SIGINT'],
  [1200, 'SIGINT'],
  [2500, 'SIGTERM'],
  [5000, 'SIGINT'],
  [1800, 'SIGKILL'],
  [4000, 'SIGKILL'],
] as const)(
  'interrupted after %i ms by %s, a demo leaves no process behind',
  async (milliseconds, signal) => {
    expect(await interrupted(milliseconds, signal)).toEqual([]);
  },
  3 * MINUTES,
);

test(
  'a command that is interrupted while it waits for a demo in the background ends it too',
  async () => {
    const waiting = command('main', ['--detach', '--json', '--mock'], env);
    const end = finished(waiting);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    const processes = await family(waiting.pid ?? 0);
    waiting.kill('SIGKILL');
    await end;
    await eventually(async () => expect(await survivors(processes)).toEqual([]));
  },
  3 * MINUTES,
);
