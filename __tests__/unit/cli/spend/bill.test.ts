import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Bill, billedModel } from '../../../../cli/spend/bill/bill';
import { compareBill } from '../../../../cli/spend/bill/compare';
import { readBill } from '../../../../cli/spend/bill/read';
import { testContext } from '../in-process';
import { group } from './rows';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bill-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(name: string, content: string | Buffer): Promise<Bill> {
  writeFileSync(join(folder, name), content);
  const { context } = testContext({}, { cwd: folder });
  return readBill(context, name);
}

const CONSOLE = `usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type
2026-11-26,Claude Sonnet 5.5,Default,gateway,message,≤ 200k,output,1.25,1.25,token
2026-11-26,Claude Sonnet 5.5,Default,gateway,message,≤ 200k,input_no_cache,0.25,0.25,token
`;
const CUR = `bill_payer_account_id,line_item_usage_start_date,line_item_product_code,line_item_usage_type,line_item_unblended_cost,line_item_currency_code,line_item_line_item_description,product_product_name
1,2026-11-26T00:00:00.000Z,AmazonBedrock,USW2-Claude5.5Sonnet-input-tokens,1.10,USD,,
1,2026-11-26T01:00:00.000Z,AmazonBedrock,USE1-anthropic.claude-opus-5-5-mantle-input-tokens-standard,0.44,USD,,
1,2026-11-27T00:00:00.000Z,1a2b3c,USW2-MP:USW2_InputTokenCount-Units,0.20,USD,,Claude Haiku 4.5 (Amazon Bedrock Edition)
1,2026-11-26T00:00:00.000Z,AmazonEC2,USW2-BoxUsage:t3.large,7,USD,,
`;
const costReport = (results: object[], more = {}) =>
  JSON.stringify({
    data: [{ starting_at: '2026-11-26T00:00:00Z', ending_at: '2026-11-27T00:00:00Z', results }],
    has_more: false,
    ...more,
  });
const RESULT = {
  ...{ amount: '150.5', currency: 'USD', description: 'Claude Sonnet 5.5 Usage - Output Tokens', cost_type: 'tokens' },
  ...{
    model: 'claude-sonnet-5-5',
    token_type: 'output_tokens',
    context_window: '0-200k',
    service_tier: 'standard',
    workspace_id: 'wrkspc_1',
  },
};

test.each([
  ['Claude Sonnet 5.5', 'sonnet 5.5'],
  ['claude-sonnet-4-5-20250929', 'sonnet 4.5'],
  ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'haiku 4.5'],
  ['Claude4.5Sonnet', 'sonnet 4.5'],
  ['claude-fable-5-1', 'fable 5.1'],
  ['Titan Text', 'titan text'],
])('the bill calls a model %s, and it is %s', (name, model) => {
  expect(billedModel(name)).toBe(model);
});

test("Anthropic's cost report is read, cents and all", async () => {
  const bill = await read(
    'report.json',
    costReport([RESULT, { ...RESULT, model: null, cost_type: 'web_search', amount: '20' }]),
  );
  expect(bill.biller).toBe('anthropic');
  expect(bill.lines.map(({ day, model, amount, workspace }) => [day, model, amount, workspace])).toEqual([
    ['2026-11-26', 'sonnet 5.5', 1.505, 'wrkspc_1'],
    ['2026-11-26', '', 0.2, 'wrkspc_1'],
  ]);
});

test('a list of pages is read whole, and a page that is missing is named', async () => {
  const [first, last] = [JSON.parse(costReport([RESULT])), JSON.parse(costReport([RESULT], { has_more: true }))];
  const bill = await read('pages.json', JSON.stringify([first, last]));
  expect(bill.lines).toHaveLength(2);
  expect(bill.warnings).toEqual([expect.stringContaining('has_more')]);
});

test("the newer form of Anthropic's cost report is read too", async () => {
  const item = {
    ...{ starting_at: '2026-11-26T00:00:00Z', ending_at: '2026-11-27T00:00:00Z' },
    cost: { amount: '150.5', currency: 'USD', list_amount: '150.5', requests: null },
    group: { model: 'claude-opus-5-5', cost_type: 'tokens', token_type: 'output_tokens' },
  };
  const bill = await read('analytics.json', JSON.stringify({ data: [item], has_more: false }));
  expect(bill.lines).toMatchObject([{ day: '2026-11-26', model: 'opus 5.5', amount: 1.505 }]);
});

test("the export of Anthropic's console is read", async () => {
  const bill = await read('console.csv', CONSOLE);
  expect(bill.lines.map(({ model, amount }) => [model, amount])).toEqual([
    ['sonnet 5.5', 1.25],
    ['sonnet 5.5', 0.25],
  ]);
});

test("Bedrock's lines of an AWS cost report are read, whatever way AWS names the model, and no other service's", async () => {
  const bill = await read('cur.csv', CUR);
  expect(bill.biller).toBe('bedrock');
  expect(bill.lines.map(({ day, model, amount }) => [day, model, amount])).toEqual([
    ['2026-11-26', 'sonnet 5.5', 1.1],
    ['2026-11-26', 'opus 5.5', 0.44],
    ['2026-11-27', 'haiku 4.5', 0.2],
  ]);
});

test('a compressed cost report is read, and one with the headings of the first version', async () => {
  expect((await read('cur.csv.gz', gzipSync(CUR))).lines).toHaveLength(3);
  const old = `identity/LineItemId,lineItem/UsageStartDate,lineItem/ProductCode,lineItem/UsageType,lineItem/UnblendedCost
x,2026-11-26T00:00:00Z,AmazonBedrock,USE1-Claude4.5Sonnet-output-tokens,2.5
`;
  expect((await read('old.csv', old)).lines).toMatchObject([{ model: 'sonnet 4.5', amount: 2.5 }]);
});

test("AWS Cost Explorer's answer is read", async () => {
  const amount = (Amount: string) => ({ UnblendedCost: { Amount, Unit: 'USD' } });
  const bill = await read(
    'ce.json',
    JSON.stringify({
      ResultsByTime: [
        {
          TimePeriod: { Start: '2026-11-26', End: '2026-11-27' },
          Groups: [
            {
              Keys: ['Claude Sonnet 4.5 (Amazon Bedrock Edition)', 'USW2-MP:USW2_InputTokenCount-Units'],
              Metrics: amount('3.3'),
            },
            { Keys: ['Amazon Simple Storage Service', 'TimedStorage-ByteHrs'], Metrics: amount('1') },
          ],
        },
      ],
    }),
  );
  expect(bill.lines).toMatchObject([{ day: '2026-11-26', model: 'sonnet 4.5', amount: 3.3 }]);
});

const refused = (name: string, content: string) =>
  read(name, content).then(
    () => {
      throw new Error('it was read');
    },
    ({ message, exitCode }: { message: string; exitCode: number }) => ({ message, exitCode }),
  );

test('what is wrong in a CSV file is named by line and column', async () => {
  const broken = CONSOLE.replace('1.25,1.25', 'much,1.25').replace(
    '2026-11-26,Claude Sonnet 5.5,Default,gateway,message,≤ 200k,input',
    'Thursday,Claude Sonnet 5.5,Default,gateway,message,≤ 200k,input',
  );
  const { message, exitCode } = await refused('broken.csv', broken);
  expect(message).toContain('line 2, cost_usd: "much" must be a decimal number');
  expect(message).toContain('line 3, usage_date_utc: "Thursday" must be a day such as 2026-11-26');
  expect(exitCode).toBe(2);
});

test('what is wrong in a JSON file is named by its place', async () => {
  const { message } = await refused(
    'broken.json',
    costReport([
      { ...RESULT, amount: 'much' },
      { ...RESULT, currency: 'EUR' },
    ]),
  );
  expect(message).toContain('data.0.results.0.amount: must be a decimal number');
  expect(message).toContain('data.0.results.1.currency: must be USD');
});

test.each([
  ['something else', 'other.csv', 'name,age\nada,36\n', 'its columns are name, age'],
  ['nothing', 'empty.csv', '', 'is empty'],
  ['half a line', 'half.csv', `${CONSOLE}2026-11-27,Claude`, 'not a well-formed CSV file'],
  ['no JSON', 'no.json', '{"data": [', 'is not valid JSON'],
  ['JSON of something else', 'else.json', '{"a": 1}', 'is no bill that is known here'],
  [
    'an AWS report without costs',
    'costless.csv',
    'line_item_usage_type,line_item_product_code\nx,y\n',
    'line_item_unblended_cost',
  ],
])('a file with %s is refused with what it is', async (_, name, content, text) => {
  const { message, exitCode } = await refused(name, content);
  expect(message).toContain(text);
  expect(exitCode).toBe(2);
});

const bill = (...lines: Partial<Bill['lines'][number]>[]): Bill => ({
  ...{ biller: 'anthropic', format: 'a bill', warnings: [] },
  lines: lines.map((line) => ({
    day: '2026-11-26',
    model: 'sonnet 5.5',
    what: 'tokens',
    amount: 1,
    workspace: '',
    ...line,
  })),
});
const RANGE = { first: '2026-11-20', last: '2026-11-26' };

test('a bill is compared per day and model, and what nobody can explain is the rest', () => {
  const { entries, unexplained } = compareBill(bill({ amount: 1 }, { amount: 0.75 }), [group()], RANGE);
  expect(entries).toMatchObject([{ day: '2026-11-26', model: 'sonnet 5.5', billed: 1.75, expected: 1.5, counted: 1 }]);
  expect(unexplained).toBeCloseTo(0.25, 10);
});

test('searches that the bill lists apart are compared apart', () => {
  const searched = group({ expected: 1.5, searches: 0.5 });
  const apart = compareBill(bill({ amount: 1 }, { model: '', what: 'web_search', amount: 0.5 }), [searched], RANGE);
  expect(apart.entries.map(({ model, unexplained }) => [model, unexplained])).toEqual([
    ['sonnet 5.5', 0],
    ['web search', 0],
  ]);
  expect(compareBill(bill({ amount: 1.5 }), [searched], RANGE).entries).toMatchObject([{ unexplained: 0 }]);
});

test('days outside the ledger are named, and compared with nothing', () => {
  const { entries, outside } = compareBill(bill({ day: '2026-11-01' }, { day: '2026-12-01', amount: 2 }), [], RANGE);
  expect(entries).toEqual([]);
  expect(outside).toEqual([
    { day: '2026-11-01', billed: 1 },
    { day: '2026-12-01', billed: 2 },
  ]);
});

test("only the biller's own deployments and the days of the bill are compared", () => {
  const bedrock = group({ deployment: 'bedrock/us.anthropic.claude-sonnet-5-5' });
  const { entries } = compareBill(bill({}), [group(), bedrock, group({ day: '2026-11-21' })], RANGE);
  expect(entries).toMatchObject([{ expected: 1.5 }]);
});

test('a bill that names no model is compared per day', () => {
  const { entries } = compareBill(
    bill({ model: '', amount: 3 }),
    [group(), group({ deployment: 'anthropic/claude-opus-5-5' })],
    RANGE,
  );
  expect(entries).toMatchObject([{ model: 'all models', billed: 3, expected: 3, unexplained: 0 }]);
});

test('of a bill of several workspaces, one can be chosen', () => {
  const both = bill({ workspace: 'gateway', amount: 1.5 }, { workspace: 'research', amount: 9 });
  expect(compareBill(both, [group()], { ...RANGE, workspace: 'gateway' })).toMatchObject({
    billed: 1.5,
    unexplained: 0,
  });
});

test('of a bill of many days, some can be chosen', () => {
  const month = bill({ day: '2026-11-01' }, { day: '2026-11-26', amount: 1.5 }, { day: '2026-11-30', amount: 2 });
  const chosen = compareBill(month, [group()], { ...RANGE, from: '2026-11-26', to: '2026-11-26' });
  expect(chosen).toMatchObject({ billed: 1.5, unexplained: 0, outside: [] });
});
