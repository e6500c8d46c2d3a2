import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { costOf } from '../../../catalog/cost';
import { usageOfAnthropic } from '../../../catalog/usage';
import { hashKey } from '../../../images/key-provisioner/src/keys/derivation';
import { servedModels } from '../../../settings/served-models';
import { Client, type Identity, newWorkspace } from '../key-provisioner/client';
import { eventually, send } from '../support/requests';
import { startScriptedAnthropic } from '../support/scripted-anthropic/scripted-anthropic';
import { type Gateway, startGateway } from '../support/start-gateway';
import { addresses, gateway as cli } from './run-cli';

// Each command is a process of its own.

const MODEL = 'claude-sonnet-5-5';
const DEAR = 'claude-haiku-4-5';
/** A cache write of an hour, as Claude Code makes. */
const USAGE = {
  ...{ input_tokens: 100, output_tokens: 20, cache_creation_input_tokens: 100_000, cache_read_input_tokens: 0 },
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 100_000 },
};
const CENT_OF_A_CENT = 4;

let upstream: Awaited<ReturnType<typeof startScriptedAnthropic>>;
let gateway: Gateway;
let provisioner: Client;
let database: pg.Client;
let folder: string;
let env: Record<string, string>;

const person = randomUUID();
const [spender, other]: [Identity, Identity] = [newWorkspace(person), newWorkspace(person)];
let keys: { spender: string; other: string; dear: string };

/** A gateway that is told wrong prices: an hour's cache write at that of five minutes, and one model at ten times its own. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-spend-'));
  upstream = await startScriptedAnthropic();
  gateway = await startGateway({
    keyProvisioner: true,
    mock: ['bedrock'],
    apiBase: { anthropic: upstream.url },
    settings: { policies: { workspace: { max_budget: 1 }, person: { max_budget: 50 } } },
    configure: ({ model_list, general_settings }) => {
      for (const { model_name, litellm_params } of model_list) {
        for (const name of Object.keys(litellm_params)) {
          if (!/_cost_per_token|_token_cost/.test(name)) continue;
          if (model_name === DEAR) litellm_params[name] = Number(litellm_params[name]) * 10;
          else if (/1hr/.test(name)) litellm_params[name] = litellm_params['cache_creation_input_token_cost'];
        }
      }
      general_settings['maximum_spend_logs_retention_interval'] = '1s';
    },
  });
  env = { ...addresses(gateway), GATEWAY_DATABASE_URL: gateway.databaseUrl };
  provisioner = new Client(gateway);
  database = new pg.Client({ connectionString: gateway.databaseUrl });
  await database.connect();
  await insertRow({ days: 100, key: 'old', spend: 1 });
  await database.query(`INSERT INTO "LiteLLM_DailyUserSpend" (id, user_id, date, api_key, spend, updated_at)
    VALUES ('old', 'old', to_char(now() - interval '100 days', 'YYYY-MM-DD'), 'old', 1, now())`);
  keys = {
    spender: await provisioner.key(spender),
    other: await provisioner.key(other),
    dear: await provisioner.key(newWorkspace()),
  };
  for (const key of [keys.spender, keys.spender, keys.spender, keys.other]) expect((await ask(key)).status).toBe(200);
  expect((await ask(keys.dear, DEAR)).status).toBe(200);
  await booked(5);
  await counted(() => keySpend(keys.spender), 3 * 0.2504);
  await counted(() => keySpend(keys.other), 0.2504);
  await counted(() => keySpend(keys.dear), 10 * priceOf(DEAR));
  await counted(personSpend, 4 * 0.2504);
}, 400_000);
afterAll(async () => {
  await database?.end();
  await gateway?.stop();
  await upstream?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (key: string, model = MODEL) =>
  send('POST', `${gateway.url}/v1/messages`, key, {
    model,
    max_tokens: 50,
    messages: [{ role: 'user', content: `usage ${JSON.stringify({ usage: USAGE })}` }],
  });

/** Waits until so many answers of today are in the ledger. */
const booked = (answers: number) =>
  eventually(async () => {
    const { rows } = await database.query(
      `SELECT count(*)::int AS found FROM "LiteLLM_SpendLogs" WHERE "startTime" > now() - interval '1 day' AND status = 'success'`,
    );
    expect(rows[0].found).toBe(answers);
  }, 60);
/** Waits until a counter has what was booked; LiteLLM writes it some seconds after the answer. */
const counted = (read: () => Promise<number>, usd: number) =>
  eventually(async () => expect(await read()).toBeCloseTo(usd, CENT_OF_A_CENT), 60);

const spend = (...arguments_: string[]) => cli(['spend', ...arguments_], { env });
const audit = async (...arguments_: string[]) => {
  const { code, stdout, stderr } = await spend('audit', '--json', '--from', today(), ...arguments_);
  if (!stdout) throw new Error(stderr);
  return { code, ...JSON.parse(stdout) };
};
const today = () => new Date().toISOString().slice(0, 10);
const priceOf = (model: string) => {
  const [route] = servedModels(gateway.settings).find(({ name }) => name === model)?.routes ?? [];
  if (!route) throw new Error(`${model} is not served`);
  return costOf(route, usageOfAnthropic(USAGE));
};
const keySpend = async (key: string): Promise<number> => {
  const { rows } = await database.query('SELECT spend FROM "LiteLLM_VerificationToken" WHERE token = $1', [
    hashKey(key),
  ]);
  return rows[0].spend;
};
const personSpend = async (): Promise<number> => {
  const { rows } = await database.query('SELECT spend FROM "LiteLLM_UserTable" WHERE user_id = $1', [person]);
  return rows[0].spend;
};

async function insertRow({ days, key, spend, user = '' }: { days: number; key: string; spend: number; user?: string }) {
  const metadata = { usage_object: { prompt_tokens: 1_000_000, completion_tokens: 0 } };
  await database.query(
    `INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, api_key, "user", spend, "startTime", "endTime", model, model_id, model_group,
       custom_llm_provider, metadata, status, updated_at)
     VALUES ($1, 'acompletion', $2, $3, $4, $5, $5, 'anthropic/${MODEL}', '${MODEL}/1', '${MODEL}', 'anthropic', $6, 'success', now())`,
    [randomUUID(), key, user, spend, new Date(Date.now() - days * 86_400_000).toISOString().replace('Z', ''), metadata],
  );
}

test('what was counted at a wrong price is found, per key, model and day', async () => {
  const found = await audit();
  expect(found.code).toBe(1);
  expect(found.within_threshold).toBe(false);
  const of = (key: string) => found.entries.find((entry: { key: string }) => entry.key === hashKey(key));
  expect(of(keys.spender)).toMatchObject({
    ...{ day: today(), model: MODEL, deployment: `anthropic/${MODEL}`, requests: 3, corrected: 0 },
    ...{ user: person, user_name: spender.username, key_name: `workspace-${spender.workspace_id}` },
  });
  expect(of(keys.spender).counted).toBeCloseTo(3 * 0.2504, CENT_OF_A_CENT);
  expect(of(keys.spender).expected).toBeCloseTo(3 * priceOf(MODEL), CENT_OF_A_CENT);
  expect(of(keys.spender).difference).toBeCloseTo(3 * 0.15, CENT_OF_A_CENT);
  expect(of(keys.dear).difference).toBeLessThan(-0.5);
  expect(found.not_priced).toEqual([]);
});

test('a row of the ledger holds what an audit needs, and not the price map of its model', async () => {
  const { rows } = await database.query('SELECT metadata FROM "LiteLLM_SpendLogs" WHERE api_key = $1 LIMIT 1', [
    hashKey(keys.spender),
  ]);
  const { usage_object, cost_breakdown, model_map_information } = rows[0].metadata;
  expect(usage_object).toMatchObject({ prompt_tokens: 100_100, completion_tokens: 20 });
  expect(cost_breakdown.total_cost).toBeCloseTo(0.2504, CENT_OF_A_CENT);
  expect(model_map_information).toBeNull();
  expect(JSON.stringify(rows[0].metadata).length).toBeLessThan(6000);
});

test('what was spent is summed by person, model, day, workspace and key', async () => {
  const by = async (...what: string[]) => JSON.parse((await spend('--json', '--by', ...what)).stdout);
  const people = await by('person');
  expect(people).toMatchObject({ from: `${today().slice(0, 7)}-01`, to: today(), by: ['person'], requests: 5 });
  expect(people.spend).toBeCloseTo(4 * 0.2504 + 10 * priceOf(DEAR), CENT_OF_A_CENT);
  const of = (found: { entries: Record<string, unknown>[] }, entry: Record<string, unknown>) =>
    found.entries.find((each) => Object.entries(entry).every(([name, value]) => each[name] === value));
  const mine = of(people, { person: spender.username, person_id: person });
  expect(mine).toMatchObject({ requests: 4, failed_requests: 0, prompt_tokens: 4 * 100_100, completion_tokens: 80 });
  expect(mine?.['spend']).toBeCloseTo(4 * 0.2504, CENT_OF_A_CENT);
  expect(of(await by('model', '--person', spender.username ?? ''), { model: MODEL })).toMatchObject({ requests: 4 });
  expect(of(await by('person,day', '--model', DEAR), { day: today() })).toMatchObject({ requests: 1 });
  expect(of(await by('workspace'), { workspace_id: spender.workspace_id })).toMatchObject({ requests: 3 });
  expect(of(await by('key'), { key: `workspace-${other.workspace_id}` })).toMatchObject({ requests: 1 });
  expect(of(await by('day'), { day: today() })).toMatchObject({ requests: 5 });
  expect(of(await by('day,model', '--person', person), { day: today(), model: MODEL })).toMatchObject({ requests: 4 });
  expect(await by('person', '--from', '2026-01-01', '--to', '2026-01-31')).toMatchObject({ requests: 0, entries: [] });
  const csv = (await spend('--by', 'person,model', '--csv')).stdout.trim().split('\n');
  expect(csv[0]).toBe('person,person_id,model,spend,requests,failed_requests,prompt_tokens,completion_tokens');
  expect(csv.slice(1).map((line) => line.split(',')[4])).toEqual(['1', '4']);
  expect(of(await by('provider'), { provider: 'anthropic' })).toMatchObject({ requests: 5 });
  const text = (await spend('--by', 'person', '--top', '1')).stdout;
  expect(text).toMatch(/… and 1 more\n\$[\d.]+ in 5 requests from/);
  expect(await spend('--person', 'nobody')).toMatchObject({ code: 2, stderr: expect.stringContaining('"nobody"') });
});

test("a month for finance holds every day, person, key and model in FOCUS's columns, and the sums agree", async () => {
  const { code, stdout } = await spend('report');
  expect(code).toBe(0);
  const [heading = '', ...lines] = stdout.trim().split('\n');
  const records = lines.map((line) => {
    const cells = line.match(/("([^"]|"")*"|[^,]*)(,|$)/g)?.map((cell) => cell.replace(/,$/, '')) ?? [];
    return Object.fromEntries(heading.split(',').map((name, index) => [name, cells[index] ?? '']));
  });
  expect(records).toHaveLength(3);
  const sum = records.reduce((total, record) => total + Number(record['BilledCost']), 0);
  expect(sum).toBeCloseTo(4 * 0.2504 + 10 * priceOf(DEAR), CENT_OF_A_CENT);
  expect(records.find((record) => record['ResourceId'] === spender.workspace_id)).toMatchObject({
    ...{ ChargePeriodStart: `${today()}T00:00:00Z`, BillingPeriodStart: `${today().slice(0, 7)}-01T00:00:00Z` },
    ...{ SubAccountId: person, SubAccountName: spender.username, ConsumedQuantity: String(3 * 100_120) },
    ...{ BillingCurrency: 'USD', ChargeCategory: 'Usage', ProviderName: 'Anthropic', ServiceName: MODEL },
  });
});

test('a correction is not made without a yes', async () => {
  const { code, stdout, stderr } = await spend('audit', '--apply');
  expect(code).toBe(2);
  expect(stdout).toContain('+$0.45');
  expect(stderr).toContain('--yes');
  expect(await keySpend(keys.spender)).toBeCloseTo(3 * 0.2504, CENT_OF_A_CENT);
});

test('a correction reaches the key and its person, and a key that is over its budget by it is refused at once', async () => {
  // Counted too little, it would go on.
  expect(await keySpend(keys.spender)).toBeLessThan(1);
  const { code, stdout } = await spend('audit', '--apply', '--yes');
  expect(stdout).toContain('recorded');
  expect(code).toBe(0);
  const refused = await ask(keys.spender);
  expect(refused.status).toBe(429);
  expect(JSON.stringify(refused.body)).toContain('billing_error');
  expect((await ask(keys.other)).status).toBe(200);
  await booked(6);
  await counted(personSpend, 4 * priceOf(MODEL) + 0.2504);
  expect(await keySpend(keys.spender)).toBeCloseTo(3 * priceOf(MODEL), CENT_OF_A_CENT);
  expect(await keySpend(keys.dear)).toBeCloseTo(priceOf(DEAR), CENT_OF_A_CENT);
  const total = JSON.parse((await spend('--json', '--by', 'person', '--person', person)).stdout);
  expect(total.spend).toBeCloseTo(await personSpend(), CENT_OF_A_CENT);
});

test('a correction is made once, also by two who make it at the same time; later ones correct what was counted since', async () => {
  const before = await personSpend();
  const apply = () => spend('audit', '--json', '--from', today(), '--apply', '--yes');
  const both = await Promise.all([apply(), apply()]);
  const [done, refused] = [both.filter(({ code }) => code === 0), both.filter(({ code }) => code !== 0)];
  const changed = done.flatMap(({ stdout }) =>
    JSON.parse(stdout).corrections.map(({ kind }: { kind: string }) => kind),
  );
  expect(changed.sort()).toEqual(['key', 'user']);
  for (const { code, stderr } of refused) {
    expect(stderr).toContain('another correction was recorded');
    expect(code).toBe(3);
  }
  expect(await personSpend()).toBeCloseTo(before + 0.15, CENT_OF_A_CENT);
  const later = await audit('--apply', '--yes');
  expect(later).toMatchObject({ code: 0, corrections: [], difference: 0, within_threshold: true });
  expect(await personSpend()).toBeCloseTo(before + 0.15, CENT_OF_A_CENT);
});

test('every correction is on record, with who, when, before and after; the rows of the ledger stay as they were', async () => {
  const record = JSON.parse((await spend('corrections', '--json')).stdout);
  const key = record.filter(({ id }: { id: string }) => id === hashKey(keys.spender));
  expect(key).toHaveLength(1);
  expect(key[0]).toMatchObject({ kind: 'key', name: `workspace-${spender.workspace_id}` });
  expect(key[0].applied_by).not.toBe('');
  expect(Date.parse(key[0].applied_at)).toBeGreaterThan(0);
  expect(key[0].after - key[0].before).toBeCloseTo(0.45, CENT_OF_A_CENT);
  const { rows } = await database.query('SELECT sum(spend) FROM "LiteLLM_SpendLogs" WHERE api_key = $1', [
    hashKey(keys.spender),
  ]);
  expect(rows[0].sum).toBeCloseTo(3 * 0.2504, CENT_OF_A_CENT);
});

test('what was spent before the budget window or before a reset of the spend changes no counter', async () => {
  await insertRow({ days: 40, key: hashKey(keys.other), user: person, spend: 1.5 });
  const name = `workspace-${spender.workspace_id}`;
  expect((await provisioner.operate('POST', name, 'reset-spend')).status).toBe(200);
  await database.query('DELETE FROM gateway.spend_settled WHERE key = $1', [hashKey(keys.spender)]);
  const before = { other: await keySpend(keys.other), person: await personSpend() };
  const { stdout } = await spend('audit', '--apply', '--yes', '--json');
  const changed = JSON.parse(stdout).corrections;
  // The person's counter was not reset with the key's.
  expect(changed).toHaveLength(1);
  expect(changed[0]).toMatchObject({ kind: 'user', id: person });
  expect(await keySpend(keys.spender)).toBe(0);
  expect(await keySpend(keys.other)).toBe(before.other);
  expect(await personSpend()).toBeCloseTo(before.person + 0.45, CENT_OF_A_CENT);
});

test('a key that was rotated gets the correction of what was spent before', async () => {
  expect((await ask(keys.other)).status).toBe(200);
  await booked(7);
  await counted(() => keySpend(keys.other), 2 * priceOf(MODEL) + 0.2504);
  expect((await provisioner.rotate(other)).status).toBe(200);
  const next = await provisioner.key(other);
  expect(next).not.toBe(keys.other);
  const before = await keySpend(next);
  const { corrections } = await audit('--apply', '--yes');
  expect(corrections.find(({ kind }: { kind: string }) => kind === 'key')).toMatchObject({ id: hashKey(next) });
  expect(await keySpend(next)).toBeCloseTo(before + 0.15, CENT_OF_A_CENT);
});

test("a provider's bill is settled with the ledger, and what it has more than that is named", async () => {
  const file = join(folder, 'cost-report.json');
  const line = (model: string, usd: number) => ({
    ...{ amount: String(usd * 100), currency: 'USD', description: `${model} Usage`, cost_type: 'tokens', model },
    ...{ token_type: 'output_tokens', context_window: '0-200k', service_tier: 'standard', workspace_id: null },
  });
  const data = [
    {
      starting_at: `${today()}T00:00:00Z`,
      ending_at: '',
      results: [line(MODEL, 6 * priceOf(MODEL) + 0.5), line('claude-haiku-4-5-20251001', priceOf(DEAR))],
    },
    { starting_at: '2099-01-01T00:00:00Z', ending_at: '', results: [line(MODEL, 3)] },
  ];
  writeFileSync(file, JSON.stringify({ data, has_more: false, next_page: null }));
  const { code, stdout } = await spend('audit', '--json', '--report', file);
  const { bill } = JSON.parse(stdout);
  expect(code).toBe(1);
  expect(bill.entries).toHaveLength(2);
  expect(bill.entries.find(({ model }: { model: string }) => model === 'sonnet 5.5').unexplained).toBeCloseTo(
    0.5,
    CENT_OF_A_CENT,
  );
  expect(bill.entries.find(({ model }: { model: string }) => model === 'haiku 4.5').unexplained).toBeCloseTo(
    0,
    CENT_OF_A_CENT,
  );
  expect(bill.outside_ledger).toEqual([{ day: '2099-01-01', billed: 3 }]);
});

test('requests that no catalog prices are named with their number and sum', async () => {
  await database.query(`UPDATE "LiteLLM_SpendLogs" SET model = 'openai/gpt-7', model_id = 'gpt-7/1', custom_llm_provider = 'openai'
    WHERE api_key = '${hashKey(keys.dear)}'`);
  const { code, not_priced } = await audit();
  expect(code).toBe(1);
  expect(not_priced).toHaveLength(1);
  expect(not_priced[0]).toMatchObject({ reason: 'the model is not in the catalog', requests: 1 });
  expect(not_priced[0].counted).toBeGreaterThan(0);
});

test('a hundred thousand requests are summed in a memory that holds a part of them', async () => {
  const day = new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10);
  // Kept in memory, their usage alone would take twice the heap that is left to the command.
  const details = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`detail_${at}`, at]));
  await database.query(
    `INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, api_key, spend, "startTime", "endTime", model, model_id, model_group, custom_llm_provider,
       metadata, status, updated_at)
     SELECT 'many-' || n, 'acompletion', 'many-' || n % 10, 0.01, $1::timestamp, $1::timestamp, 'anthropic/${MODEL}', '${MODEL}/1', '${MODEL}', 'anthropic',
       $2::jsonb, 'success', now() FROM generate_series(1, 100000) AS n`,
    [day, { usage_object: { prompt_tokens: 10_000, completion_tokens: 0, ...details } }],
  );
  const { code, stdout } = await cli(['spend', 'audit', '--json', '--from', day, '--to', day], {
    env: { ...env, NODE_OPTIONS: '--max-old-space-size=64' },
  });
  const { ledger, entries, counted, expected } = JSON.parse(stdout);
  expect(code).toBe(1);
  expect(ledger.requests).toBe(100_000);
  expect(entries).toHaveLength(10);
  expect([counted, expected]).toEqual([1000, 2000]);
});

test('rows older than the retention are deleted without a licence, and the daily sums stay', async () => {
  await eventually(async () => {
    const { rows } = await database.query(
      `SELECT count(*)::int AS count FROM "LiteLLM_SpendLogs" WHERE api_key = 'old'`,
    );
    expect(rows[0].count).toBe(0);
  }, 90);
  const { rows } = await database.query(`SELECT spend FROM "LiteLLM_DailyUserSpend" WHERE api_key = 'old'`);
  expect(rows).toEqual([{ spend: 1 }]);
});

test('counters that lost spend get it back from the rows, once, and what an audit corrected stays corrected', async () => {
  const key = await provisioner.key(other);
  // As after a crash: the rows are there, some minutes old, and the counters are not.
  await database.query(
    `UPDATE "LiteLLM_SpendLogs" SET "endTime" = "endTime" - interval '3 minutes' WHERE "user" = $1`,
    [person],
  );
  const before = { key: await keySpend(key), person: await personSpend() };
  await database.query('UPDATE "LiteLLM_VerificationToken" SET spend = spend - 0.3 WHERE token = $1', [hashKey(key)]);
  await database.query('UPDATE "LiteLLM_UserTable" SET spend = spend - 0.3 WHERE user_id = $1', [person]);
  const refused = await spend('repair');
  expect(refused.code).toBe(2);
  expect(refused.stdout).toContain(`workspace-${other.workspace_id}`.slice(0, 30));
  const { code, stdout } = await spend('repair', '--json', '--yes');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toHaveLength(2);
  expect(await keySpend(key)).toBeCloseTo(before.key, CENT_OF_A_CENT);
  expect(await personSpend()).toBeCloseTo(before.person, CENT_OF_A_CENT);
  expect((await spend('repair', '--yes')).stdout).toContain('no counter is below its requests');
  expect((await spend('corrections')).stdout).toContain('+$0.30');
}, 120_000);
