import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chat, send } from '../support/requests';
import { type Options as Provider, startScriptedAnthropic } from '../support/scripted-anthropic/scripted-anthropic';
import { type Gateway, startGateway } from '../support/start-gateway';
import { addresses, gateway as cli } from './run-cli';

// `gateway verify` and `gateway doctor` before models that answer for themselves: a provider stands behind LiteLLM.

const provider: Provider = { apiKey: 'sk-ant-the-right-one' };
const providers = { anthropic: { credentials: 'variable' }, bedrock: { credentials: 'off' } };
const folder = mkdtempSync(join(tmpdir(), 'gateway-provider-'));
const settings = join(folder, 'gateway.yaml');
let upstream: Awaited<ReturnType<typeof startScriptedAnthropic>>;
let running: Gateway;

beforeAll(async () => {
  writeFileSync(settings, JSON.stringify({ providers }));
  upstream = await startScriptedAnthropic(provider);
  running = await startGateway({
    keyProvisioner: true,
    settings: { providers },
    mock: [],
    apiBase: { anthropic: upstream.url },
    env: { ANTHROPIC_API_KEY: 'sk-ant-the-right-one' },
  });
});
beforeEach(() => {
  provider.apiKey = 'sk-ant-the-right-one';
  delete provider.wordy;
  delete provider.errorReply;
});
afterAll(async () => {
  await running?.stop();
  await upstream?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Result {
  title: string;
  status: string;
  detail: string;
}

async function verify(...arguments_: string[]) {
  const { code, stdout, stderr } = await cli(['verify', '--json', '--settings', settings, ...arguments_], {
    env: addresses(running),
  });
  if (!stdout) throw new Error(stderr);
  const results = JSON.parse(stdout).results as Result[];
  return { code, results, failed: results.filter(({ status }) => status === 'fail') };
}

async function doctor() {
  const { stdout } = await cli(['doctor', '--json', '--settings', settings, '--logs', running.directory], {
    env: addresses(running),
  });
  const faults = JSON.parse(stdout).findings as { id: string; kind: string; cause: string; evidence: string[] }[];
  return faults.filter(({ kind }) => kind === 'fault');
}

test('every model that is asked to calls the tool it was offered, and is charged for its answer', async () => {
  const { code, results, failed } = await verify();
  expect(failed).toEqual([]);
  expect(code).toBe(0);
  const calls = results.filter(({ title }) => title.endsWith('calls a tool'));
  expect(calls.length).toBeGreaterThanOrEqual(6);
  expect(calls.filter(({ status }) => status !== 'pass')).toEqual([]);
  const haiku = results.find(({ title }) => title === 'claude-haiku-4-5 answers');
  // 100 tokens in at $1, 20 out at $5 a million.
  expect(haiku).toMatchObject({ status: 'pass', detail: '$0.0002' });
  expect(upstream.requests.filter(({ answer }) => answer === '200 tool_use')).toHaveLength(calls.length);
});

test('a model that answers in words where it should call a tool fails, and no other', async () => {
  provider.wordy = /haiku-4-5/;
  const { code, failed } = await verify();
  expect(failed).toEqual([
    expect.objectContaining({ title: 'claude-haiku-4-5 calls a tool', detail: expect.stringContaining('in words') }),
  ]);
  expect(code).toBe(1);
});

test('a credential the provider does not accept fails verify in the gateway’s words, and is what the doctor finds', async () => {
  provider.apiKey = 'sk-ant-another-since-today';
  const { failed } = await verify('--model', 'claude-haiku-4-5');
  expect(failed.map(({ detail }) => detail)).toContainEqual(
    expect.stringMatching(/401.*credential for the provider is not accepted/),
  );
  const faults = await doctor();
  expect(faults.map(({ id }) => id)).toEqual(['provider-credential']);
  expect(faults[0]?.cause).toBe('anthropic does not accept its credential (anthropic_api_key)');
  expect(faults[0]?.evidence[0]).toContain('invalid x-api-key');
  expect(JSON.stringify(faults)).not.toContain('sk-ant-the-right-one');
});

test('a credential that is refused is found too while everybody’s requests keep the model in cooldown', async () => {
  const { body } = await send('POST', `${running.provisionerUrl}/api/v1/admin/keys`, running.adminToken, {
    scope: 'ci',
    subject: 'busy',
    rpm_limit: 10_000,
    models: ['claude-haiku-5-5'],
  });
  provider.apiKey = 'sk-ant-another-since-today';
  let busy = true;
  const others = [1, 2, 3, 4].map(async () => {
    while (busy) await chat(running.url, body.key, 'claude-haiku-5-5');
  });
  const faults = await doctor();
  busy = false;
  await Promise.all(others);
  expect(faults.map(({ id }) => id)).toEqual(['provider-credential']);
  expect(faults[0]?.evidence[0]).toContain('invalid x-api-key');
});

test.each([
  [529, 'overloaded_error', 'Overloaded', 'anthropic fails or refuses'],
  [429, 'rate_limit_error', 'This request would exceed your rate limit', 'anthropic applies a rate limit of its own'],
  [400, 'invalid_request_error', 'Your credit balance is too low', 'the account at anthropic has no credit left'],
  [403, 'permission_error', 'no access', 'the account at anthropic may not use the model behind claude-haiku-5-5'],
])('a provider that answers %i (%s) is what the doctor finds', async (status, type, message, cause) => {
  provider.errorReply = { status, type, message };
  const faults = await doctor();
  expect(faults.map(({ id }) => id)).toEqual(['provider-trouble']);
  expect(faults[0]?.cause).toContain(cause);
  expect(faults[0]?.evidence[0]).toContain(message);
});

test('a provider that cannot be reached is what the doctor finds', async () => {
  await upstream.stop();
  const faults = await doctor();
  expect(faults.map(({ id, cause }) => [id, cause])).toEqual([
    ['provider-trouble', 'anthropic is unreachable from the gateway'],
  ]);
});
