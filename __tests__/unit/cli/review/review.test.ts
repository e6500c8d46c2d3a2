import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from '../../../../cli/review/compare';
import type { Synthesized } from '../../../../cli/review/comparison';
import { planSchema } from '../../../../cli/review/plan';
import { report } from '../../../../cli/review/report';
import { type Change, synthesize, type Variant } from './variant';

const CHANGES = join(__dirname, 'changes');
const names = readdirSync(CHANGES).flatMap((file) => /^(.*)\.ts$/.exec(file)?.[1] ?? []);
const base = synthesize();

const reviews = new Map(
  names.map((name) => {
    const { change } = require(join(CHANGES, name)) as { change: Change };
    const before = change.base ? synthesize(change.base) : base;
    const after = synthesize(change);
    const findings = compare(before, after, {
      ...(change.keys ? { keys: change.keys } : {}),
      ...(change.plan ? { plan: planSchema.parse(change.plan) } : {}),
    });
    return [name, { findings, markdown: report(findings, before, after, 'main') }] as const;
  }),
);
const reviewed = (name: string) => reviews.get(name) ?? { findings: [], markdown: '' };
const texts = (before: Synthesized, after: Synthesized) => compare(before, after).map(({ text }) => text);
const changed = (variant: Variant) => texts(base, synthesize(variant));

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

test('what a budget costs is told per month and for all keys, as far as the cap of a person allows', () => {
  expect(reviewed('budgets-loosened').findings.map(({ text }) => text)).toContainEqual(
    expect.stringContaining('40 keys: at most $3,000 a month instead of $800 (+$2,200)'),
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
  const draft = structuredClone(base);
  const [first] = Object.values(draft.deployment.models);
  draft.deployment.models['x`\n\n# Approved'] = first!;
  expect(report(compare(base, draft), base, draft, 'main')).not.toMatch(/^# Approved/m);
});
