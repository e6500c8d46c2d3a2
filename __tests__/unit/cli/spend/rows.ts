import type { Group } from '../../../../cli/spend/audit/tally';
import type { Account, AccountKind, Accounts } from '../../../../cli/spend/ledger/accounts';
import type { LedgerRow } from '../../../../cli/spend/ledger/rows';

/** A request of the ledger: ten thousand tokens to Sonnet 5.5 by one key of one person. */
export const row = (changes: Partial<LedgerRow> = {}): LedgerRow => ({
  ...{ key: 'key-1', user: 'ada', team: '', startedAt: '2026-11-26T10:00:00.000Z', spend: 0.02 },
  ...{ model: 'anthropic/claude-sonnet-5-5', deployment: 'claude-sonnet-5-5/1', name: 'claude-sonnet-5-5' },
  ...{ provider: 'anthropic', status: 'success', cached: false },
  usage: { prompt_tokens: 10_000, completion_tokens: 0 },
  ...changes,
});

/** A sum of such requests, all of them in every budget window. */
export function group(changes: Partial<Group> = {}): Group {
  const { counted = 1, expected = 1.5 } = changes;
  const difference = expected - counted;
  return {
    ...{ day: '2026-11-26', key: 'key-1', user: 'ada', team: '', name: 'claude-sonnet-5-5' },
    ...{ deployment: 'anthropic/claude-sonnet-5-5', requests: 10, counted, expected, searches: 0 },
    inWindow: { key: difference, user: difference, team: difference },
    ...changes,
  };
}

/** Accounts that exist; a key bears its own spend. */
export function accounts(...known: (Partial<Account> & { kind: AccountKind; id: string })[]): Accounts {
  const all = known.map((account) => ({ name: account.id, spend: 0, ...account }));
  const find = (kind: AccountKind, id: string) => all.find((account) => account.kind === kind && account.id === id);
  return {
    find,
    bearing: ({ key, user, team }) => ({ key: find('key', key), user: find('user', user), team: find('team', team) }),
    keyName: (hash) => hash,
    idsOf: (kind, name) => all.filter((account) => account.kind === kind && account.name === name).map(({ id }) => id),
    workspaceOf: () => undefined,
  };
}
