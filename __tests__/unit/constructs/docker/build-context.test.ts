import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuildContext } from '../../../../constructs/docker/build-context';

const outdir = mkdtempSync(join(tmpdir(), 'gateway-context-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

test('a build context is staged without what was installed or built', () => {
  const context = new BuildContext('key-provisioner');
  context.stage(outdir);
  const staged = join(outdir, 'images/key-provisioner');
  expect(readFileSync(join(staged, 'Dockerfile'), 'utf8')).toContain('FROM');
  expect(existsSync(join(staged, 'node_modules'))).toBe(false);
  expect(existsSync(join(staged, 'dist'))).toBe(false);
});

test('a staged file that was changed is put right by the next synth', () => {
  const context = new BuildContext('key-provisioner');
  context.stage(outdir);
  const staged = join(outdir, 'images/key-provisioner/Dockerfile');
  const before = readFileSync(staged, 'utf8');
  writeFileSync(staged, 'FROM scratch');
  context.stage(outdir);
  expect(readFileSync(staged, 'utf8')).toBe(before);
});

test('a context is the same until a file changes', () => {
  expect(new BuildContext('key-provisioner').digest).toBe(new BuildContext('key-provisioner').digest);
});

test('a folder without a Dockerfile says what to do', () => {
  expect(() => new BuildContext('nothing-here')).toThrow(
    'images/nothing-here has no Dockerfile; restore it, or name a ready image in gateway.yaml (images.nothing_here)',
  );
});
