import { catalog } from '../../../../catalog/catalog';
import type { Catalog } from '../../../../catalog/model';
import { Pricer } from '../../../../cli/spend/audit/price';
import { tally } from '../../../../cli/spend/audit/tally';
import type { LedgerRow } from '../../../../cli/spend/ledger/rows';
import { accounts, row } from './rows';

const pricer = new Pricer([], catalog as Catalog);
const of = (rows: readonly LedgerRow[], ...known: Parameters<typeof accounts>) =>
  tally(
    (async function* () {
      yield* rows;
    })(),
    pricer,
    accounts(...known),
  );

test('requests are summed per key, model and day', async () => {
  const { rows, groups } = await of([
    row(),
    row({ startedAt: '2026-11-26T23:59:59.999Z' }),
    row({ startedAt: '2026-11-27T00:00:00.000Z' }),
    row({ key: 'key-2' }),
    row({ name: 'claude-haiku-5-5', model: 'anthropic/claude-haiku-5-5' }),
  ]);
  expect(rows).toBe(5);
  expect(groups.map(({ day, key, name, requests }) => [day, key, name, requests])).toEqual([
    ['2026-11-26', 'key-1', 'claude-sonnet-5-5', 2],
    ['2026-11-27', 'key-1', 'claude-sonnet-5-5', 1],
    ['2026-11-26', 'key-2', 'claude-sonnet-5-5', 1],
    ['2026-11-26', 'key-1', 'claude-haiku-5-5', 1],
  ]);
});

test('what could not be priced is counted with its sum, and in no other sum', async () => {
  const unknown = row({ provider: 'openai', model: 'openai/gpt-7', deployment: '', name: 'gpt-7', spend: 0.5 });
  const { rows, groups, notPriced } = await of([row(), unknown, unknown]);
  expect(rows).toBe(3);
  expect(groups).toHaveLength(1);
  expect(notPriced).toEqual([
    { reason: 'the model is not in the catalog', name: 'gpt-7', model: 'openai/gpt-7', requests: 2, counted: 1 },
  ]);
});

test('only what falls into the budget window of an account counts for its counter', async () => {
  const cheap = { spend: 0.01 };
  const { groups } = await of(
    [
      row({ ...cheap, startedAt: '2026-11-26T09:00:00.000Z' }),
      row({ ...cheap, startedAt: '2026-11-26T10:00:00.000Z' }),
    ],
    { kind: 'key', id: 'key-1', countsFrom: '2026-11-26T09:30:00.000Z' },
    { kind: 'user', id: 'ada' },
  );
  expect(groups).toHaveLength(1);
  expect(groups[0]?.inWindow.key).toBeCloseTo(0.01, 10);
  expect(groups[0]?.inWindow.user).toBeCloseTo(0.02, 10);
  expect(groups[0]?.inWindow.team).toBe(0);
});
