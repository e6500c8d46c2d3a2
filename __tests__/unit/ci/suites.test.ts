import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JestSuite, PASSES, type Pass } from '../../../scripts/test/suites';

const tests = join(__dirname, '../..');

const filesOf = (suite: string) =>
  readdirSync(join(tests, suite), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `/__tests__/${suite}/${file}`);
const runs = ({ only = [], without = [] }: Pass, file: string) =>
  (only.length === 0 || only.some((part) => file.includes(part))) && !without.some((part) => file.includes(part));
const passOf = (suite: JestSuite, file: string) =>
  PASSES[suite].filter((pass) => runs(pass, file)).map(({ name }) => name);

const suites = Object.keys(PASSES) as JestSuite[];

test.each(suites)('every file of %s is run once', (suite) => {
  const files = filesOf(suite);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect([file, passOf(suite, file)]).toEqual([file, [expect.any(String)]]);
});

test.each(suites)('what a pass of %s names is there', (suite) => {
  const named = PASSES[suite].flatMap(({ only = [], without = [] }) => [...only, ...without]);
  expect(named.filter((part) => !filesOf(suite).some((file) => file.includes(part)))).toEqual([]);
});

test('what is started first or last is there', () => {
  const text = readFileSync(join(tests, 'longest-first.js'), 'utf8');
  const named = [...text.matchAll(/'((?:programs|contract|deploy)\/[^']+)'/g)].map(([, part = '']) => part);
  expect(named.length).toBeGreaterThan(5);
  const files = suites.flatMap(filesOf);
  expect(named.filter((part) => !files.some((file) => file.includes(`/__tests__/${part}`)))).toEqual([]);
});

const passesWith = (suite: JestSuite, text: string) => {
  const files = filesOf(suite).filter((file) => readFileSync(join(tests, '..', file), 'utf8').includes(text));
  expect(files.length).toBeGreaterThan(0);
  return [...new Set(files.flatMap((file) => passOf(suite, file)))];
};

test('a file that stops the database does not share it with files beside it', () => {
  const passes = passesWith('contract', 'postgres.stop()');
  expect(PASSES.contract.filter(({ name, workers }) => passes.includes(name) && workers !== 1)).toEqual([]);
});

test('files that start workspaces run one after the other, since one of them sets the firewall of all', () => {
  expect(passesWith('deploy', 'new Template(')).toEqual(['deploy-workspaces']);
  expect(PASSES.deploy.find(({ name }) => name === 'deploy-workspaces')?.workers).toBe(1);
});
