import { type Group, groupId } from '../audit/tally';
import { ACCOUNT_KINDS, type Account, type AccountKind, type Accounts } from '../ledger/accounts';
import type { Change, Settled, SettledGroup, SettledGroups } from './store';

/** Below this, USD, a difference is the noise of adding binary fractions. */
export const NEGLIGIBLE = 1e-7;

/** What `--apply` does. */
export interface Plan {
  /** Of counters that exist. */
  readonly changes: readonly Change[];
  /** Groups whose difference is settled by it; earlier budget windows too, whose counters are gone. */
  readonly settled: readonly SettledGroup[];
}

/** What is still to be corrected of a group, USD. */
export function openDifference(group: Group, settled: Settled | undefined): number {
  if (!settled) return group.expected - group.counted;
  // Retention has removed some of what was settled; a day that old gets no new rows.
  if (group.requests < settled.requests) return 0;
  return group.expected - group.counted - settled.difference;
}

/** The corrections that a tally asks for. What falls outside today's budget window of an account changes no counter. */
export function planCorrections(groups: readonly Group[], settled: SettledGroups, accounts: Accounts): Plan {
  const changes = new Map<string, { account: Account; difference: number }>();
  const open: SettledGroup[] = [];
  for (const group of groups) {
    const difference = openDifference(group, settled.groups.get(groupId(group)));
    if (Math.abs(difference) < NEGLIGIBLE) continue;
    const { day, key, user, team, name, deployment, requests, counted, expected } = group;
    open.push({ day, key, user, team, name, deployment, requests, counted, expected, difference });
    const bearers = accounts.bearing(group);
    for (const kind of ACCOUNT_KINDS) {
      const account = bearers[kind];
      if (!account) continue;
      const change = changes.get(`${kind}/${account.id}`) ?? { account, difference: 0 };
      change.difference += shareInWindow(group, kind, difference);
      changes.set(`${kind}/${account.id}`, change);
    }
  }
  return {
    settled: open,
    changes: [...changes.values()]
      .filter(({ difference }) => Math.abs(difference) >= NEGLIGIBLE)
      .map(({ account: { kind, id, name }, difference }) => ({ kind, id, name, difference })),
  };
}

/**
 * Of an open difference, what belongs to the account's current window. A day in which a window began lies in both: what is open
 * of it is the newest part, so the window gets as much of it as it has.
 */
function shareInWindow(group: Group, kind: AccountKind, open: number): number {
  const inside = group.inWindow[kind];
  const whole = group.expected - group.counted;
  if (Math.abs(inside - whole) < NEGLIGIBLE) return open;
  if (Math.sign(inside) !== Math.sign(open)) return 0;
  return Math.sign(open) * Math.min(Math.abs(open), Math.abs(inside));
}
