import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** Runs the demo's command with a Node.js that says it is another version. */
function help(version: string) {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const args = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, '--import', 'tsx'];
  return spawnSync(process.execPath, [...args, join(ROOT, 'demo/main.ts'), '--help'], { cwd: ROOT, encoding: 'utf8' });
}

test.each(['18.20.8', '20.9.0'])('Node.js %s is refused in one line that says which is needed', (version) => {
  const { status, stderr } = help(version);
  expect(status).toBe(1);
  expect(stderr).toBe(`demo: this needs Node.js 20.19 or later, and ${process.execPath} is ${version}\n`);
});

test.each(['20.19.0', '24.1.0'])('Node.js %s is taken', (version) => {
  expect(help(version)).toMatchObject({ status: 0, stdout: expect.stringContaining('--gateway-port') });
});
