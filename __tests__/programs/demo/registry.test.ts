import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MARKER, Registry } from '../../../demo/registry';
import { processStartByPs } from '../../../runtime/processes/process-start';
import { zombie } from '../runtime/processes/zombie';

function setUp() {
  const cache = mkdtempSync(join(tmpdir(), 'registry-test-'));
  const directory = (name: string, marked = true) => {
    const path = join(cache, name);
    mkdirSync(path);
    if (marked) writeFileSync(join(path, MARKER), '');
    return path;
  };
  /** As a crashed demo leaves it: the process is gone, or its number belongs to another one. */
  const leftOver = (pid: number, path: string, keep = false, began = 'Thu Jan  1 00:00:00 1970') => {
    mkdirSync(join(cache, 'demos'), { recursive: true });
    const entry = { pid, began, directory: path, keep, ports: [] };
    writeFileSync(join(cache, 'demos', `${pid}.json`), JSON.stringify(entry));
  };
  return { cache, registry: new Registry(cache), directory, leftOver };
}

test('a demo that runs is listed until it is removed', async () => {
  const { registry, directory } = setUp();
  const path = directory('mine');
  await registry.add({ directory: path, keep: false, ports: [4000] });
  expect(await registry.running()).toMatchObject([{ pid: process.pid, directory: path, ports: [4000] }]);
  registry.remove();
  expect(await registry.running()).toEqual([]);
});

test('a running demo of an earlier version, which told its start as ps does, is listed and left alone', async () => {
  const { registry, directory, leftOver } = setUp();
  const path = directory('earlier');
  leftOver(process.pid, path, false, await processStartByPs(process.pid));
  expect(await registry.running()).toMatchObject([{ pid: process.pid, directory: path }]);
  expect(existsSync(path)).toBe(true);
});

test('the directory of a crashed demo is removed', async () => {
  const { registry, directory, leftOver } = setUp();
  const path = directory('crashed');
  leftOver(2 ** 22 + 1, path);
  expect(await registry.running()).toEqual([]);
  expect(existsSync(path)).toBe(false);
});

test('a crashed demo whose number another process has now counts as gone', async () => {
  const { registry, directory, leftOver } = setUp();
  leftOver(process.pid, directory('crashed'));
  expect(await registry.running()).toEqual([]);
});

test('a directory that was to be kept survives a crash', async () => {
  const { registry, directory, leftOver } = setUp();
  const path = directory('kept');
  leftOver(2 ** 22 + 1, path, true);
  await registry.running();
  expect(existsSync(path)).toBe(true);
});

test('a directory that is not a demo is never removed', async () => {
  const { registry, directory, leftOver } = setUp();
  const path = directory('precious', false);
  leftOver(2 ** 22 + 1, path);
  await registry.running();
  expect(existsSync(path)).toBe(true);
});

test('a demo that was killed and that its parent has not reaped counts as gone', async () => {
  const { cache, registry, directory } = setUp();
  const path = directory('killed');
  const script = `
    const { Registry } = require(${JSON.stringify(require.resolve('../../../demo/registry'))});
    new Registry(${JSON.stringify(cache)}).add({ directory: ${JSON.stringify(path)}, keep: false, ports: [4000] })
      .then(() => console.log('registered'));
    setInterval(() => {}, 1000);`;
  const command = `exec '${process.execPath}' --import tsx -e '${script.replaceAll("'", `'"'"'`)}'`;
  const { pid, reap } = await zombie(command, 1);
  try {
    await expectGone(registry);
    expect(process.kill(pid, 0)).toBe(true);
    expect(existsSync(path)).toBe(false);
  } finally {
    reap();
  }
});

/** A killed process takes a moment to end. */
async function expectGone(registry: Registry): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await registry.running()).length > 0 && Date.now() < deadline)
    await new Promise((end) => setTimeout(end, 50));
  expect(await registry.running()).toEqual([]);
}
