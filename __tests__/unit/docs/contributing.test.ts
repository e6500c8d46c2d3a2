import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SUITES } from '../../../scripts/test/suites';
import { root } from './documents';

const guide = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
const topFolders =
  /^(?:__tests__|catalog|cli|constructs|docs|images|litellm-config|scripts|settings|stacks|workloads|workspace)\//;

test('every file and folder that the guide names is there', () => {
  const named = [...guide.matchAll(/`([\w./-]+)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => topFolders.test(path));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('the guide says what each suite needs and how it is run alone', () => {
  const rows = [...guide.matchAll(/^\| `([a-z]+)` \|.*\| `make test-([a-z]+)` \|$/gm)];
  expect(rows.map(([, suite]) => suite)).toEqual(SUITES.filter((suite) => suite !== 'lint'));
  expect(rows.every(([, suite, target]) => suite === target)).toBe(true);
});
