import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'gateway-bundle-'));
  mkdirSync(join(checkout, 'bin'));
  copyFileSync(join(ROOT, 'bin/bundle.js'), join(checkout, 'bin/bundle.js'));
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  write('program.ts', "import { word } from './word';\nconsole.log(word satisfies string);\n");
  write('word.ts', "export const word: string = 'first';\n");
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

const write = (file: string, text: string) => writeFileSync(join(checkout, file), text);

function run(env: NodeJS.ProcessEnv = {}): string {
  const { NODE_OPTIONS: _, DEBUG: __, ...inherited } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', "require('./bin/bundle').run('program.ts')"], {
    cwd: checkout,
    encoding: 'utf8',
    env: { ...inherited, ...env },
  });
  return stdout + stderr;
}

test('a program is bundled once, and again after a source of it has changed', () => {
  const bundles = () => readdirSync(join(checkout, '.cache/bundles')).filter((file) => file.endsWith('.js'));
  expect([run(), run(), run()]).toEqual(['first\n', 'first\n', 'first\n']);
  const before = bundles().length;
  write('word.ts', "export const word: string = 'second';\n");
  expect(run()).toBe('second\n');
  expect(bundles().length).toBeGreaterThan(before);
});

test('where the cache leads out of the checkout, no bundle is made and the program runs', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'gateway-cache-'));
  symlinkSync(elsewhere, join(checkout, '.cache'));
  expect(run()).toBe('first\n');
  expect(readdirSync(join(elsewhere, 'bundles'))).toEqual([]);
  rmSync(elsewhere, { recursive: true });
});

test('a source that cannot be read as TypeScript is named', () => {
  write('word.ts', 'export const word: string = ;\n');
  expect(run()).toContain('word.ts');
});

test('with DEBUG, stack traces name the sources', () => {
  write('word.ts', "export const word: string = new Error('here').stack ?? '';\n");
  expect(run({ DEBUG: '1' })).toMatch(/word\.ts:1/);
});
