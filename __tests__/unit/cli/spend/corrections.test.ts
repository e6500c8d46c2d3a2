import { groupId } from '../../../../cli/spend/audit/tally';
import { openDifference, planCorrections } from '../../../../cli/spend/corrections/plan';
import type { Settled } from '../../../../cli/spend/corrections/store';
import { windowStart } from '../../../../cli/spend/ledger/window';
import { accounts, group } from './rows';

const NONE = { records: 0, groups: new Map<string, Settled>() };
const KNOWN = accounts({ kind: 'key', id: 'key-1' }, { kind: 'user', id: 'ada' });
const changes = (plan: ReturnType<typeof planCorrections>) =>
  Object.fromEntries(plan.changes.map(({ kind, difference }) => [kind, Math.round(difference * 1e6) / 1e6]));

test('a key and its person are corrected by what was counted too little', () => {
  expect(changes(planCorrections([group(), group({ day: '2026-11-25' })], NONE, KNOWN))).toEqual({ key: 1, user: 1 });
});

test('what was counted too much is taken off', () => {
  expect(changes(planCorrections([group({ counted: 2, expected: 1.5 })], NONE, KNOWN))).toEqual({
    key: -0.5,
    user: -0.5,
  });
});

test('what earlier corrections have settled is not corrected again', () => {
  const settled = { records: 1, groups: new Map([[groupId(group()), { requests: 10, difference: 0.5 }]]) };
  expect(planCorrections([group()], settled, KNOWN)).toEqual({ changes: [], settled: [] });
  const more = group({ requests: 12, counted: 1.2, expected: 1.8 });
  expect(changes(planCorrections([more], settled, KNOWN))).toEqual({ key: 0.1, user: 0.1 });
});

test('a day of which retention has removed a part is not taken for one that was corrected too much', () => {
  expect(openDifference(group({ requests: 3, counted: 0.3, expected: 0.45 }), { requests: 10, difference: 0.5 })).toBe(
    0,
  );
});

test('a window that has ended is settled without changing the counter of the next', () => {
  const past = group({ inWindow: { key: 0, user: 0.5, team: 0 } });
  const plan = planCorrections([past], NONE, KNOWN);
  expect(changes(plan)).toEqual({ user: 0.5 });
  expect(plan.settled).toMatchObject([{ day: '2026-11-26', difference: 0.5 }]);
});

test('of a day in which a window began, the window gets no more than its own part', () => {
  const half = group({ inWindow: { key: 0.2, user: 0.5, team: 0 } });
  expect(changes(planCorrections([half], NONE, KNOWN))).toEqual({ key: 0.2, user: 0.5 });
  const settled = { records: 1, groups: new Map([[groupId(half), { requests: 8, difference: 0.4 }]]) };
  expect(changes(planCorrections([half], settled, KNOWN))).toEqual({ key: 0.1, user: 0.1 });
});

test('an account that was deleted is not corrected; the others are', () => {
  expect(changes(planCorrections([group()], NONE, accounts({ kind: 'user', id: 'ada' })))).toEqual({ user: 0.5 });
});

test.each([
  ['30d', '2026-12-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
  ['1mo', '2026-03-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
  ['7d', '2026-11-30T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
  ['1d', '2026-11-27T00:00:00.000Z', '2026-11-26T00:00:00.000Z'],
  ['12h', '2026-11-26T12:00:00.000Z', '2026-11-26T00:00:00.000Z'],
])('a window of %s that ends at %s began at %s', (duration, end, start) => {
  expect(windowStart(duration, end)).toBe(start);
});

test('a budget that is never renewed counts everything', () => {
  expect(windowStart(null, null)).toBeUndefined();
  expect(windowStart('30d', null)).toBeUndefined();
});
