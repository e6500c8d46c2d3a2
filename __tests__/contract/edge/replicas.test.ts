import { setTimeout as sleep } from 'node:timers/promises';
import { ask, CHAT, errorIn, MESSAGES, MESSAGES_STREAMED, MODEL } from '../protocol/apis';
import { eventually, send } from '../support/requests';
import { startScriptedAnthropic } from '../support/scripted-anthropic/scripted-anthropic';
import { type Gateway, startGateway } from '../support/start-gateway';

/** Two real LiteLLM behind the real Envoy with the deployed configuration, and the counters that they share. */

jest.setTimeout(300_000);

/** US dollars of one answer of the stand-in for Anthropic: 100 tokens in at $1 a million, 20 out at $5. */
const COST = 0.0002;
const NAMES = ['litellm', 'litellm-2'] as const;

let anthropic: Awaited<ReturnType<typeof startScriptedAnthropic>>;
let gateway: Gateway;
beforeAll(async () => {
  anthropic = await startScriptedAnthropic({
    wordy: /./,
    // A stream that is under way for as long as a replacement takes to be noticed.
    faultFor: (body) =>
      body.includes('slow') ? { silentMs: 8000 } : body.includes('late') ? { startAfterMs: 3000 } : undefined,
  });
  gateway = await startGateway({
    mock: [],
    apiBase: { anthropic: anthropic.url },
    settings: { litellm: { replicas: 2 } },
    configure: ({ litellm_settings }) => {
      delete litellm_settings['upperbound_key_generate_params'];
    },
  });
}, 300_000);
afterAll(async () => {
  await gateway?.stop();
  await anthropic?.stop();
});

const newKey = async (limits: object = {}): Promise<string> =>
  (await send('POST', `${gateway.url}/key/generate`, gateway.masterKey, { models: [MODEL], ...limits })).body.key;
const replica = (index: number) => gateway.replica(NAMES[index] as 'litellm-2');

/** Keeps requests of one kind under way until it is told to stop; gives what each came to. */
function load(one: () => Promise<string>, atOnce: number, pauseMs: number) {
  let stopped = false;
  const outcomes: string[] = [];
  const worker = async () => {
    while (!stopped) {
      outcomes.push(await one().catch((error) => `${error} ${(error as Error).cause ?? ''}`));
      await sleep(pauseMs);
    }
  };
  const workers = Array.from({ length: atOnce }, worker);
  return async () => {
    stopped = true;
    await Promise.all(workers);
    return outcomes;
  };
}

/** `ok`, or what went wrong. */
async function outcome(key: string, api: typeof MESSAGES, text: string): Promise<string> {
  const { status, body } = await ask(gateway.url, key, api, text);
  const whole = typeof body === 'string' ? body.includes('message_stop') && !body.includes('event: error') : true;
  return status === 200 && whole ? 'ok' : `${status} ${JSON.stringify(body).slice(0, 300)}`;
}

test('a limit of requests a minute holds over all replicas', async () => {
  const key = await newKey({ rpm_limit: 4 });
  const statuses: number[] = [];
  for (let asked = 0; asked < 8; asked += 1)
    statuses.push((await ask(gateway.litellmUrls[asked % 2] ?? '', key, MESSAGES)).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(4);
});

test('a budget holds over all replicas', async () => {
  const key = await newKey({ max_budget: COST * 3, budget_duration: '30d' });
  let answered = 0;
  const last = await eventually(async () => {
    const reply = await ask(gateway.litellmUrls[answered % 2] ?? '', key, MESSAGES);
    if (reply.status === 200) answered += 1;
    expect(reply.body.error?.type).toBe('billing_error');
    return reply;
  });
  expect(answered).toBe(3);
  expect(last.status).toBe(429);
  // A second may pass until one replica knows that nothing is set aside at another any more.
  for (const url of gateway.litellmUrls)
    await eventually(async () =>
      expect(errorIn(MESSAGES, await ask(url, key, MESSAGES))).toMatchObject({ type: 'billing_error' }),
    );
});

test('what is set aside at one replica is not taken for spent at another', async () => {
  const [first = '', second = ''] = gateway.litellmUrls;
  const key = await newKey({ max_budget: COST * 3.5, budget_duration: '30d' });
  // What it may cost at the most is more than the budget, so all of that is set aside.
  const slow = ask(first, key, MESSAGES, 'late', { max_tokens: 20_000 });
  await sleep(1000);
  const reply = await ask(second, key, MESSAGES);
  expect(errorIn(MESSAGES, reply)).toMatchObject({ status: 429, type: 'rate_limit_error' });
  expect((await slow).status).toBe(200);
});

test('each replica is replaced in turn, under load of streams and short requests, and none of them fails', async () => {
  const key = await newKey();
  const loads = [
    load(() => outcome(key, MESSAGES_STREAMED, 'slow'), 6, 100),
    load(() => outcome(key, MESSAGES, 'short'), 2, 100),
    load(() => outcome(key, CHAT, 'short'), 1, 100),
    load(() => outcome(key, MESSAGES, `large ${'x'.repeat(200_000)}`), 1, 300),
  ];
  await sleep(3000);
  for (const [index, pid] of gateway.litellmPids.entries()) {
    process.kill(pid, 'SIGTERM');
    await eventually(async () => expect(() => process.kill(pid, 0)).toThrow());
    await replica(index).start();
    // The next one waits until the edge counts on this one again: Terraform waits for the container's health.
    await sleep(2000);
  }
  const outcomes = (await Promise.all(loads.map((stop) => stop()))).flat();
  expect(outcomes.filter((each) => each !== 'ok')).toEqual([]);
  expect(outcomes.length).toBeGreaterThan(30);
});

test('a replica that is gone without a word costs nobody but whose requests it had', async () => {
  const key = await newKey();
  await replica(1).kill();
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, index) => outcome(key, MESSAGES, index % 2 ? 'short' : 'x'.repeat(300_000))),
  );
  expect(outcomes).toEqual(Array(20).fill('ok'));
  await replica(1).start();
});

test('without the shared counters requests go on', async () => {
  const key = await newKey({ max_budget: 1, budget_duration: '30d' });
  await gateway.replica('valkey').stop();
  try {
    expect(await outcome(key, MESSAGES, 'short')).toBe('ok');
  } finally {
    await gateway.replica('valkey').start();
  }
});

test('while no replica runs, the edge says so and when to come back', async () => {
  const key = await newKey();
  await Promise.all([0, 1].map((index) => replica(index).kill()));
  for (const api of [MESSAGES, CHAT]) {
    const reply = await ask(gateway.url, key, api);
    expect(errorIn(api, reply)).toMatchObject({ status: 503, type: 'api_error' });
    expect(reply.headers.get('retry-after')).toBe('5');
  }
});
