import { costOf } from '../../../catalog/cost';
import { usageOfLiteLLM } from '../../../catalog/usage';
import { type ServedModel, servedModels } from '../../../settings/served-models';
import { eventually, type Reply, send } from '../support/requests';
import { startScriptedAnthropic } from '../support/scripted-anthropic/scripted-anthropic';
import { startScriptedBedrock } from '../support/scripted-bedrock';
import { type Gateway, startGateway } from '../support/start-gateway';
import { RandomRun } from './random-run';
import { ANTHROPIC_ONLY, APIS, type Api, DEARER, FORMS, type Form, request, TOKENS, type Usage } from './requests';

/** The part of a bill that may be missing. */
const TOLERANCE = 0.001;
const SETTINGS = {
  providers: { anthropic: { credentials: 'variable' }, bedrock: { credentials: 'variable', region: 'us-east-1' } },
  policies: {
    workspace: { allow: ['web-search', 'fast-mode', 'us-inference'] },
    ci: { allow: [] },
    person: { max_budget: 1_000_000 },
  },
};

let gateway: Gateway;
let anthropic: Awaited<ReturnType<typeof startScriptedAnthropic>>;
let bedrock: Awaited<ReturnType<typeof startScriptedBedrock>>;
beforeAll(async () => {
  [anthropic, bedrock] = await Promise.all([startScriptedAnthropic({ bills: true }), startScriptedBedrock()]);
  gateway = await startGateway({
    settings: SETTINGS,
    mock: [],
    apiBase: { anthropic: anthropic.url, bedrock: bedrock.url },
    configure: ({ model_list, general_settings, litellm_settings, router_settings }) => {
      general_settings['proxy_batch_write_at'] = 1;
      delete litellm_settings['upperbound_key_generate_params'];
      router_settings['retry_after'] = 0;
      // One name fails over from Anthropic to Bedrock.
      const next = model_list.find(({ model_name }) => model_name === 'bedrock-claude-haiku');
      if (next)
        model_list.push({
          model_name: 'claude-haiku-4-5',
          litellm_params: { ...next.litellm_params, order: 2 },
          model_info: { ...next.model_info, id: 'claude-haiku-4-5/2' },
        });
    },
  });
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([anthropic?.stop(), bedrock?.stop()]);
});

/** A key of a scope, noted as the key-provisioner notes it. */
async function newKey(scope: string | undefined, more: object = {}): Promise<string> {
  const metadata = scope ? { gateway: { scope } } : {};
  const { body } = await send('POST', `${gateway.url}/key/generate`, gateway.masterKey, { metadata, ...more });
  return body.key;
}

interface Row {
  readonly spend: number;
  readonly model_id: string;
  readonly litellm_call_id: string;
  readonly metadata: { readonly usage_object: unknown; readonly cost_breakdown: { readonly total_cost: number } };
}
const rowsOf = async (key: string): Promise<Row[]> =>
  (await send('GET', `${gateway.url}/spend/logs?api_key=${key}`, gateway.masterKey)).body;

interface Case {
  readonly what: string;
  readonly model: ServedModel;
  readonly api: Api;
  readonly form: Form;
  readonly told: { readonly usage: Usage; readonly id: string };
  readonly fields: object;
}

/** Every model and dimension, over every API, in one piece and streamed in three ways. */
function everyCase(): Case[] {
  return servedModels(gateway.settings).flatMap((model) => {
    const isBedrock = model.routes[0].provider === 'bedrock';
    const dimensions = [
      ...Object.entries(isBedrock ? TOKENS : { ...TOKENS, ...ANTHROPIC_ONLY }).map(([name, usage]) => ({
        name,
        usage,
        fields: {},
      })),
      ...Object.entries(DEARER).map(([name, fields]) => ({ name, usage: TOKENS['a one-hour write'] as Usage, fields })),
    ];
    return dimensions.flatMap(({ name, usage, fields }) =>
      APIS.flatMap((api) =>
        // Where a stream reports its usage is no matter of the model.
        FORMS.filter((form) => model.name === 'claude-haiku-5-5' || form === 'whole' || form === 'cumulative').map(
          (form) => {
            const what = `${model.name}, ${name}, ${api}, ${form}`;
            return { what, model, api, form, told: { usage, id: what }, fields };
          },
        ),
      ),
    );
  });
}

async function inParallel<T, R>(items: readonly T[], atOnce: number, run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await run(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

const isClose = (counted: number, billed: number) => Math.abs(counted - billed) <= TOLERANCE * billed;

test('every dimension of every model is counted as the provider bills it, or refused by name', async () => {
  const key = await newKey('workspace');
  const cases = everyCase();
  const replies = await inParallel(cases, 12, async ({ model, api, form, told, fields }) => {
    const { path, body } = request(api, model.name, form, told, fields);
    return send('POST', `${gateway.url}${path}`, key, body);
  });
  const bills = new Map([...anthropic.bill, ...bedrock.bill].map(({ id, usd }) => [id, usd]));
  const answered = cases.filter((_, index) => replies[index]?.status === 200).length;
  const rows = await eventually(async () => {
    const found = (await rowsOf(key)).filter(({ spend }) => spend > 0);
    expect(found.length).toBeGreaterThanOrEqual(answered);
    return new Map(found.map((row) => [row.litellm_call_id, row]));
  });
  const wrong: string[] = [];
  for (const [index, { what, model, fields }] of cases.entries()) {
    const reply = replies[index] as Reply;
    const bill = bills.get(what);
    const row = rows.get(reply.headers.get('x-litellm-call-id') ?? '');
    if (reply.status === 400) {
      const asked = Object.keys(fields).some((field) => JSON.stringify(reply.body).includes(`${field}: `));
      if (bill !== undefined || !asked)
        wrong.push(`${what}: refused with ${JSON.stringify(reply.body)}, billed ${bill}`);
      continue;
    }
    const counted = row?.spend ?? 0;
    const catalog = row && model.routes.find(({ order }) => row.model_id.endsWith(`/${order}`));
    const audited = row && catalog ? costOf(catalog, usageOfLiteLLM(row.metadata.usage_object)) : 0;
    if (bill === undefined || !isClose(counted, bill))
      wrong.push(`${what}: ${reply.status}, billed ${bill}, counted ${counted}`);
    else if (!isClose(audited, bill))
      wrong.push(`${what}: billed ${bill}, priced by the catalog from the ledger ${audited}`);
    else if (!isClose(row?.metadata.cost_breakdown?.total_cost ?? 0, bill))
      wrong.push(`${what}: the breakdown has ${JSON.stringify(row?.metadata.cost_breakdown)}`);
  }
  const billed = [...bills.values()].reduce((sum, usd) => sum + usd, 0);
  const counted = [...rows.values()].reduce((sum, { spend }) => sum + spend, 0);
  console.log(
    `${cases.length} requests, ${cases.length - answered} refused by name; billed $${billed.toFixed(6)}, counted $${counted.toFixed(6)}`,
  );
  expect(wrong).toEqual([]);
});

describe.each<[Api, string]>([
  ['messages', 'claude-opus-5-5'],
  ['chat completions', 'claude-opus-5-5'],
])('%s', (api, model) => {
  const ask = async (key: string, fields: object) => {
    const { path, body } = request(api, model, 'whole', {}, fields);
    const { status, body: answer } = await send('POST', `${gateway.url}${path}`, key, body);
    return { status, message: answer.error?.message, type: answer.error?.type };
  };

  test.each<[string, object, string]>([
    ['fast mode', { speed: 'fast' }, 'speed: fast is not allowed by this gateway'],
    ['US-only inference', { inference_geo: 'us' }, 'inference_geo: us is not allowed by this gateway'],
    ['a region without a price', { inference_geo: 'mars' }, '`inference_geo`: mars has no price'],
    ['a speed without a price', { speed: 'warp' }, '`speed`: warp has no price'],
    ['a tier without a price', { service_tier: 'priority' }, '`service_tier`: priority has no price'],
    [
      'code at the provider',
      { tools: [{ type: 'code_execution_20260120', name: 'code' }] },
      'a tool of type code_execution_20260120',
    ],
    ['a container', { container: 'container_1' }, '`container`'],
  ])('%s is refused by name where no policy allows it, and reaches no provider', async (_what, fields, message) => {
    const key = await newKey(undefined);
    const before = anthropic.requests.length;
    expect(await ask(key, fields)).toEqual({
      status: 400,
      message: expect.stringContaining(message),
      type: 'invalid_request_error',
    });
    expect(anthropic.requests.length).toBe(before);
  });

  test('a search is allowed by default, and refused where a policy leaves it out', async () => {
    const search = { tools: [{ type: 'web_search_20250305', name: 'web_search' }] };
    expect((await ask(await newKey('user'), search)).status).toBe(200);
    expect(await ask(await newKey('ci'), search)).toMatchObject({
      status: 400,
      message: expect.stringContaining('an administrator can allow it with policies.ci.allow: [web-search]'),
    });
  });

  test('a longer context than a model has by itself is refused, since its price is unknown', async () => {
    const { path, body } = request(api, 'claude-haiku-4-5', 'whole', {});
    const response = await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await newKey('workspace')}`,
        'content-type': 'application/json',
        'anthropic-beta': 'context-1m-2025-08-07',
      },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('context-1m-2025-08-07 is not allowed for claude-haiku-4-5');
  });
});

test('after 500 requests with cuts, retries, fail-overs and concurrency every sum agrees with the bill', async () => {
  const [anthropicBefore, bedrockBefore] = [anthropic.bill.length, bedrock.bill.length];
  const person = 'person-of-the-random-run';
  await send('POST', `${gateway.url}/user/new`, gateway.masterKey, { user_id: person, auto_create_key: false });
  const key = await newKey('workspace', { user_id: person });
  const run = new RandomRun(gateway.url, key, Number(process.env['SEED'] ?? 20261126));
  await inParallel(run.requests(500), 12, (each) => run.send(each));
  const lines = [...anthropic.bill.slice(anthropicBefore), ...bedrock.bill.slice(bedrockBefore)];
  const billed = lines.reduce((sum, { usd }) => sum + usd, 0);
  const sums = async () => {
    const rows = await rowsOf(key);
    const { body: info } = await send('GET', `${gateway.url}/key/info?key=${key}`, gateway.masterKey);
    const { body: user } = await send('GET', `${gateway.url}/user/info?user_id=${person}`, gateway.masterKey);
    const ledger = rows.reduce((sum, { spend }) => sum + spend, 0);
    return { key: info.info.spend, person: user.user_info.spend, ledger };
  };
  let last: Awaited<ReturnType<typeof sums>> | undefined;
  try {
    await eventually(async () => {
      last = await sums();
      for (const counted of Object.values(last)) expect(isClose(counted, billed)).toBe(true);
    }, 30);
  } finally {
    console.log(
      `${run.told()}; billed $${billed.toFixed(6)} in ${lines.length} answers, counted ${JSON.stringify(last)}`,
    );
  }
});
