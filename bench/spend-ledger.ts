/**
 * Usage: node --import tsx bench/spend-ledger.ts [--rows 100000]
 *
 * LiteLLM's ledger on a real PostgreSQL with LiteLLM's own tables: how much a million requests take, with indexes and daily sums,
 * and how long and in how much memory `gateway spend audit` reads them, against a hundredth of them in the same run and
 * against PostgreSQL's own reading of the same rows.
 */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { TestGateways } from '../__tests__/contract/support/gateways';
import { plainErrors } from '../plain-errors';
import { quietly } from '../runtime/installation/work';
import { LITELLM_VERSION } from '../runtime/versions';

plainErrors('bench/spend-ledger');

const ROOT = join(__dirname, '..');
const { values } = parseArgs({ options: { rows: { type: 'string', default: '100000' } } });
const ROWS = Number(values.rows);
/** Keys, and days that the requests are spread over: a deployment of some hundred people in a quarter of a year. */
const [KEYS, DAYS] = [200, 90];

/** The metadata of one row as LiteLLM wrote it for a request of Claude Code's kind; ids differ from row to row. */
const METADATA = readFileSync(join(__dirname, 'spend-row-metadata.json'), 'utf8');

const MODELS = `(ARRAY['claude-sonnet-5-5', 'claude-opus-5-5', 'claude-haiku-5-5'])`;

/** Rows as LiteLLM writes them: of each a different request, key, session, time and usage. */
const insert = (from: number, to: number): string => `
  INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, api_key, spend, total_tokens, prompt_tokens, completion_tokens, "startTime", "endTime",
    "completionStartTime", request_duration_ms, model, model_id, model_group, custom_llm_provider, api_base, "user", metadata, cache_hit,
    request_tags, team_id, requester_ip_address, session_id, status, litellm_call_id, updated_at)
  SELECT 'msg_' || md5(n::text), 'anthropic_messages', md5('key' || n % ${KEYS}) || md5('hash' || n % ${KEYS}), 0.01, 10600, 10580, 20, at, at + interval '3 s',
    at + interval '1 s', 3000, 'anthropic/' || model, model || '/1', model, 'anthropic', 'https://api.anthropic.com/v1/messages',
    md5('user' || n % ${KEYS})::uuid::text,
    template || jsonb_build_object('litellm_call_id', md5('call' || n)::uuid::text, 'user_api_key', md5('key' || n % ${KEYS}) || md5('hash' || n % ${KEYS}),
      'usage_object', template->'usage_object' || jsonb_build_object('provider_usage',
        template->'usage_object'->'provider_usage' || jsonb_build_object('input_tokens', n % 100))),
    'False', '["User-Agent: claude-cli", "User-Agent: claude-cli/2.1.330"]', '', '172.18.0.7', md5('session' || n / 30)::uuid::text, 'success',
    md5('call' || n)::uuid::text, now()
  FROM (SELECT n, ${MODELS}[1 + n % 3] AS model, now() - interval '${DAYS} days' * (1 - n::float8 / ${ROWS}) AS at
        FROM generate_series(${from}::int, ${to}::int - 1) AS n) AS rows,
       (SELECT $1::jsonb AS template) AS metadata`;

/** Daily sums as LiteLLM keeps them: by key and model, once for the person and once for each tag. */
const DAILY = `
  INSERT INTO "LiteLLM_DailyUserSpend" (id, user_id, date, api_key, model, model_group, custom_llm_provider, mcp_namespaced_tool_name, endpoint, spend, updated_at)
    SELECT gen_random_uuid()::text, "user", day, api_key, model, model_group, custom_llm_provider, '', '/v1/messages', spend, now() FROM days;
  INSERT INTO "LiteLLM_DailyTagSpend" (id, tag, date, api_key, model, model_group, custom_llm_provider, mcp_namespaced_tool_name, endpoint, spend, updated_at)
    SELECT gen_random_uuid()::text, tag, day, api_key, model, model_group, custom_llm_provider, '', '/v1/messages', spend, now()
    FROM days, unnest(ARRAY['User-Agent: claude-cli', 'User-Agent: claude-cli/2.1.330']) AS tag;`;

/** Runs the audit as users do and watches its memory. */
async function audit(databaseUrl: string): Promise<{ seconds: number; peakMb: number; requests: number }> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'cli/main.ts'), 'spend', 'audit', '--json'], {
    cwd: ROOT,
    env: { ...process.env, GATEWAY_DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let peakKb = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peakKb = Math.max(peakKb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended.
    }
  }, 50);
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk));
  await new Promise((resolve) => child.once('close', resolve));
  clearInterval(watch);
  const { ledger } = JSON.parse(stdout) as { ledger: { requests: number } };
  return { seconds: (performance.now() - began) / 1000, peakMb: peakKb / 1024, requests: ledger.requests };
}

const mb = (bytes: string | number) => (Number(bytes) / 1e6).toFixed(0);

async function main(): Promise<void> {
  const gateways = await TestGateways.open(quietly);
  try {
    const { databaseUrl } = await gateways.database();
    const client = new pg.Client({ connectionString: databaseUrl });
    client.on('error', () => undefined);
    await client.connect();
    const few = Math.floor(ROWS / 100);
    await client.query(insert(0, few), [METADATA]);
    const small = await audit(databaseUrl);
    for (let from = few; from < ROWS; from += 20_000) {
      await client.query(insert(from, Math.min(ROWS, from + 20_000)), [METADATA]);
    }
    await client.query(`CREATE TEMPORARY TABLE days AS SELECT api_key, "user", to_char("startTime", 'YYYY-MM-DD') AS day, model, model_group,
      custom_llm_provider, sum(spend) AS spend FROM "LiteLLM_SpendLogs" GROUP BY 1, 2, 3, 4, 5, 6`);
    await client.query(DAILY);
    const { rows } =
      await client.query(`SELECT pg_table_size('"LiteLLM_SpendLogs"') AS heap, pg_indexes_size('"LiteLLM_SpendLogs"') AS indexes,
      pg_total_relation_size('"LiteLLM_DailyUserSpend"') + pg_total_relation_size('"LiteLLM_DailyTagSpend"') AS daily,
      (SELECT count(*) FROM days) AS days, (SELECT avg(pg_column_size(metadata))::int FROM "LiteLLM_SpendLogs") AS metadata`);
    const { heap, indexes, daily, days, metadata } = rows[0];
    const perMillion = 1e6 / ROWS;
    console.log(`LiteLLM ${LITELLM_VERSION}, ${ROWS} requests of ${KEYS} keys over ${DAYS} days`);
    console.log(
      `rows            ${mb(Number(heap) * perMillion)} MB a million (metadata ${metadata} bytes a row, compressed)`,
    );
    console.log(`their indexes   ${mb(Number(indexes) * perMillion)} MB a million`);
    console.log(
      `daily sums      ${mb(daily)} MB for ${days} sums of key, model and day; they do not grow with requests`,
    );
    const began = performance.now();
    await client.query(`SELECT sum(length((metadata->'usage_object')::text)) FROM "LiteLLM_SpendLogs"`);
    const reading = (performance.now() - began) / 1000;
    const large = await audit(databaseUrl);
    console.log(
      `audit           ${large.seconds.toFixed(0)} s and ${large.peakMb.toFixed(0)} MB at most for ${large.requests} requests`,
    );
    console.log(
      `                ${small.seconds.toFixed(0)} s and ${small.peakMb.toFixed(0)} MB at most for ${small.requests}`,
    );
    console.log(
      `ratio, time     ${(large.seconds / reading).toFixed(1)} to PostgreSQL's own reading of the same usage (${reading.toFixed(0)} s)`,
    );
    console.log(`ratio, memory   ${(large.peakMb / small.peakMb).toFixed(2)} to a hundredth of the requests`);
    await client.end();
  } finally {
    await gateways.stop();
  }
}

void main();
