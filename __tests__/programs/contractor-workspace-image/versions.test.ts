import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const FILE = 'images/contractor-workspace/versions.json';

/** Told what was measured at the time, or somebody else's numbers. */
const ELSEWHERE = [
  FILE,
  'docs/decisions/',
  'package-lock.json',
  'images/key-provisioner/package-lock.json',
  'bench/',
].concat('__tests__/unit/cli/review/every-setting.test.ts');

test('the version of an agent, an extension or the editor is written in one place', () => {
  const versions: Record<string, { version: string }> = JSON.parse(readFileSync(join(ROOT, FILE), 'utf8'));
  const found = Object.values(versions).flatMap(({ version }) => {
    const lines = execFileSync(
      'sh',
      ['-c', 'git grep --line-number --fixed-strings --word-regexp "$1" || true', 'sh', version],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    );
    return lines.split('\n').filter((line) => line && !ELSEWHERE.some((path) => line.startsWith(path)));
  });
  expect(found).toEqual([]);
});
