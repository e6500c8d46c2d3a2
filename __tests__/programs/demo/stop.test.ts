import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../../..');
const stop = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'demo/stop.ts', ...args], { cwd: root, encoding: 'utf8' });

test('demo:stop says how it is used', () => {
  expect(stop('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--directory'), stderr: '' });
});

test('demo:stop names an option it does not know, without a stack trace', () => {
  const { status, stderr } = stop('--all');
  expect(status).toBe(2);
  expect(stderr).toContain("Unknown option '--all'");
  expect(stderr).not.toMatch(/^\s+at /m);
});
