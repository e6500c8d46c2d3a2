import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { LARGEST_BODY } from '../../../workloads/body-limits';
import { chat, send } from '../support/requests';
import { type Gateway, startGateway } from '../support/start-gateway';
import { Client } from './testbed';

/** The memory of the real LiteLLM behind the real edge, while others do their worst. */

const CLIENTS = 64;
let gateway: Gateway;
let key: string;

beforeAll(async () => {
  gateway = await startGateway();
  key = await newKey();
}, 900_000);
afterAll(() => gateway?.stop());

async function newKey(): Promise<string> {
  const answer = await send('POST', `${gateway.url}/key/generate`, gateway.masterKey, { models: ['claude-haiku-4-5'] });
  return answer.body.key;
}

/** Resident memory, in MB, of LiteLLM with everything it started. */
function residentMb(): number {
  const rows = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number, number]);
  const family = new Set([gateway.litellmPid]);
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const [child, parent] of rows) if (family.has(parent)) family.add(child);
  }
  return rows.filter(([pid]) => family.has(pid)).reduce((sum, [, , kilobytes]) => sum + kilobytes, 0) / 1024;
}

/** Does something while a neighbour goes on asking and LiteLLM's memory is watched. */
async function besides<T>(action: () => Promise<T>) {
  let going = true;
  let peak = residentMb();
  const watching = setInterval(() => {
    peak = Math.max(peak, residentMb());
  }, 200);
  const answers: { status: number; ms: number }[] = [];
  const own = await newKey();
  await chat(gateway.url, own, 'claude-haiku-4-5');
  const neighbour = async () => {
    // What is over at once is still seen by some.
    while (going || answers.length < 10) {
      const began = Date.now();
      const { status } = await chat(gateway.url, own, 'claude-haiku-4-5');
      answers.push({ status, ms: Date.now() - began });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const asking = neighbour();
  const result = await action();
  going = false;
  await asking;
  clearInterval(watching);
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const p99 = times[Math.ceil(times.length * 0.99) - 1];
  process.stdout.write(
    `LiteLLM took at most ${Math.round(peak)} of ${gateway.settings.litellm.memory_mb} MB; a neighbour's ${times.length} completions: p50 ${times[Math.floor(times.length / 2)]} ms, p99 ${p99} ms\n`,
  );
  return { result, peak, neighbours: answers.map(({ status }) => status) };
}

function expectNoHarm({ peak, neighbours }: { peak: number; neighbours: number[] }): void {
  expect(peak).toBeLessThan(gateway.settings.litellm.memory_mb);
  expect(neighbours.length).toBeGreaterThan(0);
  expect([...new Set(neighbours)]).toEqual([200]);
}

/** One request of almost 32 MB; undefined where the connection was closed while it was being sent. */
async function upload(credential: string, body: string): Promise<number | undefined> {
  const headers = { authorization: `Bearer ${credential}`, 'content-type': 'application/json' };
  return fetch(`${gateway.url}/v1/messages`, { method: 'POST', headers, body }).then(
    async (answer) => {
      await answer.text();
      return answer.status;
    },
    () => undefined,
  );
}

const question = (text: string) =>
  JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 5, messages: [{ role: 'user', content: text }] });
const LARGE = question('x'.repeat(LARGEST_BODY - 1000));

test('64 clients with 32 MB each and no valid key do no harm', async () => {
  const run = await besides(() => Promise.all(Array.from({ length: CLIENTS }, () => upload('sk-invalid', LARGE))));
  expectNoHarm(run);
  expect(new Set(run.result)).toEqual(new Set([401]));
});

test('JSON made to be dear is not even read without a valid key', async () => {
  const dense = `{"model":"claude-haiku-4-5","stop_sequences":[${'[],'.repeat(10_000_000)}[]]}`;
  const before = residentMb();
  const run = await besides(() => Promise.all([1, 2, 3, 4].map(() => upload('sk-invalid', dense))));
  expectNoHarm(run);
  expect(new Set(run.result)).toEqual(new Set([401]));
  expect(run.peak - before).toBeLessThan(100);
});

test('64 clients with 32 MB each and valid keys are served or told to come again, and do no harm', async () => {
  const keys = await Promise.all(Array.from({ length: CLIENTS / 4 }, newKey));
  const run = await besides(() => Promise.all([...keys, ...keys, ...keys, ...keys].map((one) => upload(one, LARGE))));
  expectNoHarm(run);
  expect(run.result).toContain(200);
  for (const status of run.result) expect([200, 408, 429]).toContain(status);
});

test('500 MB, said beforehand or in chunks, are refused before they are read', async () => {
  const attempt = async (headers: Record<string, string | number>) => {
    const client = new Client(Number(new URL(gateway.url).port));
    client.head('POST', '/v1/messages', { authorization: 'Bearer sk-invalid', ...headers });
    const answer = await client.answered();
    client.close();
    return answer.slice(9, 12);
  };
  const run = await besides(() =>
    Promise.all([
      ...Array.from({ length: 4 }, () => attempt({ 'content-length': 500_000_000 })),
      ...Array.from({ length: 4 }, () => attempt({ 'transfer-encoding': 'chunked' })),
    ]),
  );
  expectNoHarm(run);
  expect(new Set(run.result)).toEqual(new Set(['413', '411']));
});

test('what was spent before is counted after all that', async () => {
  const log = readFileSync(`${gateway.directory}/litellm.log`, 'utf8');
  expect(log).not.toMatch(/MemoryError|Killed/);
  expect((await chat(gateway.url, key, 'claude-haiku-4-5')).status).toBe(200);
});
