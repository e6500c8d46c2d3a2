import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsFiles, settingsInBase } from '../../../../cli/review/base/settings-file';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gateway-settings-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const root = join(folder, 'repository');
const base = join(folder, 'base');
const outside = join(folder, 'outside.yaml');
for (const [path, text] of [
  [join(root, 'gateway.yaml'), ''],
  [join(root, 'sites/berlin.yaml'), ''],
  [join(base, 'gateway.yaml'), ''],
  [join(base, 'sites/old.yaml'), ''],
  [outside, ''],
] as const) {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}
symlinkSync('sites/berlin.yaml', join(root, 'link-inside.yaml'));
symlinkSync(outside, join(root, 'link-outside.yaml'));
symlinkSync(outside, join(base, 'link-outside.yaml'));
symlinkSync(root, join(folder, 'other-name'));

test.each([
  ['a path from the root', 'gateway.yaml', root, 'gateway.yaml'],
  ['a path from another directory', '../gateway.yaml', join(root, 'sites'), 'gateway.yaml'],
  ['the default, from a directory that has no such file', 'gateway.yaml', join(root, 'sites'), 'gateway.yaml'],
  ['a file of the directory', 'berlin.yaml', join(root, 'sites'), join('sites', 'berlin.yaml')],
  ['an absolute path', join(root, 'gateway.yaml'), folder, 'gateway.yaml'],
  ['a path through a link to the repository', join(folder, 'other-name', 'gateway.yaml'), folder, 'gateway.yaml'],
  ['a link to another file of the repository', 'link-inside.yaml', root, 'link-inside.yaml'],
])("%s is compared with the base's own version", (_, file, cwd, expected) => {
  expect(settingsFiles(file, undefined, root, cwd)).toEqual({ head: expected, base: expected });
});

test.each([
  ['a file outside', outside, 'is outside this repository: the base has no version of it'],
  ['a relative path that leads outside', '../outside.yaml', 'is outside this repository'],
  ['a link out of the repository', 'link-outside.yaml', `is a link to ${outside}, outside this repository`],
])('%s is not compared with itself, but refused with what to do', (_, file, message) => {
  const attempt = () => settingsFiles(file, undefined, root, root);
  expect(attempt).toThrow(message);
  expect(attempt).toThrow(
    expect.objectContaining({ exitCode: 2, fix: expect.stringContaining('--base-settings FILE') }),
  );
});

test('a file outside is compared with the file that is named for the base', () => {
  expect(settingsFiles(outside, 'gateway.yaml', root, root)).toEqual({ head: outside, base: 'gateway.yaml' });
  expect(settingsFiles('gateway.yaml', outside, root, root)).toEqual({ head: 'gateway.yaml', base: outside });
  expect(settingsFiles(outside, outside, root, root)).toEqual({ head: outside, base: outside });
});

test('a path in the base may be of a file that this tree no longer has', () => {
  const old = join('sites', 'old.yaml');
  expect(settingsFiles('gateway.yaml', old, root, root).base).toBe(old);
  expect(settingsFiles('gateway.yaml', 'gone/old.yaml', root, root).base).toBe('gone/old.yaml');
  expect(settingsInBase(old, base, 'main')).toBe(old);
});

test('a file that does not exist is named', () => {
  expect(() => settingsFiles('gatway.yaml', undefined, root, root)).toThrow('gatway.yaml does not exist');
  expect(() => settingsFiles('gateway.yaml', join(folder, 'none.yaml'), root, root)).toThrow(
    'none.yaml does not exist',
  );
});

test('settings that the base has not, or only as a link out of it, are refused with what to do', () => {
  const fix = expect.objectContaining({ exitCode: 2, fix: expect.stringContaining('--base-settings FILE') });
  const missing = () => settingsInBase('sites/berlin.yaml', base, 'main');
  expect(missing).toThrow('"main" has no file sites/berlin.yaml: it is new here, or not committed');
  expect(missing).toThrow(fix);
  const link = () => settingsInBase('link-outside.yaml', base, 'main');
  expect(link).toThrow('link-outside.yaml of "main" is a link out of the repository');
  expect(link).toThrow(fix);
  expect(settingsInBase(outside, base, 'main')).toBe(outside);
});
