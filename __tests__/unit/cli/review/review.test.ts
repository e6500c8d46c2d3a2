import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from '../../../../cli/review/compare';
import { planSchema } from '../../../../cli/review/plan';
import { report } from '../../../../cli/review/report';
import { readSynthesized } from '../../../../cli/review/synthesize';
import type { Change, Draft } from './change';

// A synthesized result as it was one day: what is tested is the reading of changes, not today's stacks.
const base = readSynthesized(join(__dirname, 'base'));
const CHANGES = join(__dirname, 'changes');
const names = readdirSync(CHANGES).flatMap((file) => /^(.*)\.ts$/.exec(file)?.[1] ?? []);

function reviewed(name: string) {
  const { change } = require(join(CHANGES, name)) as { change: Change };
  const draft = structuredClone(base) as Draft;
  change.apply(draft);
  const findings = compare(base, draft, {
    ...(change.keys ? { keys: change.keys } : {}),
    ...(change.plan ? { plan: planSchema.parse(change.plan) } : {}),
  });
  return { change, findings, markdown: report(findings, base, draft, 'main') };
}

// After a wanted change of the wording: UPDATE_REPORTS=1 npx jest --selectProjects unit, and read the difference.
test.each(names)('the report of %s reads as agreed', (name) => {
  const golden = join(CHANGES, `${name}.md`);
  const { markdown } = reviewed(name);
  if (process.env['UPDATE_REPORTS'] || !existsSync(golden)) writeFileSync(golden, markdown);
  expect(markdown).toBe(readFileSync(golden, 'utf8'));
});

test.each(names.filter((name) => name !== 'nothing'))('%s is noticed', (name) => {
  expect(reviewed(name).findings).not.toEqual([]);
});

test('nothing is said about a change that changes nothing', () => {
  expect(reviewed('nothing').findings).toEqual([]);
});

test('money is told per month and for all keys', () => {
  const { findings } = reviewed('budgets-loosened');
  expect(findings.map(({ text }) => text)).toContainEqual(
    expect.stringContaining('at 40 keys, at most $4,285.71 a month instead of $400 (+$3,885.71)'),
  );
});

test('the riskiest comes first', () => {
  const order = ['high', 'medium', 'low', 'info'];
  for (const name of names) {
    const ranks = reviewed(name).findings.map(({ severity }) => order.indexOf(severity));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
  }
});

test('a name with backticks or line breaks cannot write into the report', () => {
  const draft = structuredClone(base) as Draft;
  const [first] = draft.proxy.model_list;
  draft.proxy.model_list.push({ ...structuredClone(first!), model_name: 'x`\n\n# Approved' });
  expect(report(compare(base, draft), base, draft, 'main')).not.toMatch(/^# Approved/m);
});
