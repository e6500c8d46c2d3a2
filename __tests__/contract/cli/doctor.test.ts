import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chat, eventually, send } from '../support/requests';
import { startScriptedAnthropic } from '../support/scripted-anthropic/scripted-anthropic';
import { type Gateway, type GatewayOptions, startGateway } from '../support/start-gateway';
import { addresses, gateway as cli } from './run-cli';

// Every fault is caused for real; the doctor must find it, and nothing else.

const folder = mkdtempSync(join(tmpdir(), 'gateway-doctor-'));
const settings = join(folder, 'gateway.yaml');
const providers = { anthropic: { credentials: 'variable' } };
writeFileSync(settings, JSON.stringify({ providers }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Finding {
  id: string;
  kind: string;
  cause: string;
  evidence: string[];
  fix: string[];
}

async function doctor(gateway: Gateway, arguments_: string[] = [], env: Record<string, string> = {}) {
  const logs = ['--logs', gateway.directory];
  const { code, stdout, stderr } = await cli(['doctor', '--json', '--settings', settings, ...logs, ...arguments_], {
    env: { ...addresses(gateway), ...env },
  });
  if (!stdout) throw new Error(stderr);
  const faults = (JSON.parse(stdout).findings as Finding[]).filter(({ kind }) => kind === 'fault');
  return { code, faults, ids: faults.map(({ id }) => id) };
}

async function create(gateway: Gateway, subject: string, limits: object = {}): Promise<{ key: string; name: string }> {
  const { body } = await send('POST', `${gateway.provisionerUrl}/api/v1/admin/keys`, gateway.adminToken, {
    scope: 'ci',
    subject,
    ...limits,
  });
  return body;
}

const startOne = (options: GatewayOptions = {}) =>
  startGateway({ keyProvisioner: true, settings: { providers }, ...options });

describe('on a deployment that was good', () => {
  let running: Gateway;
  beforeAll(async () => {
    running = await startOne();
  });
  afterAll(() => running?.stop());

  test('nothing is found while nothing is wrong, and no key of the doctor is left', async () => {
    const { key, name } = await create(running, 'healthy');
    expect(await doctor(running, ['--key', name], { GATEWAY_API_KEY: key })).toEqual({ code: 0, faults: [], ids: [] });
    const { body } = await send('GET', `${running.provisionerUrl}/api/v1/admin/keys`, running.adminToken);
    expect(body.keys.map((known: { name: string }) => known.name)).toEqual(['ci-healthy']);
  });

  test('an exhausted budget', async () => {
    const { key, name } = await create(running, 'poor', { max_budget: 0.000001 });
    await chat(running.url, key, 'claude-haiku-4-5');
    expect((await chat(running.url, key, 'claude-haiku-4-5')).status).toBe(429);
    const { code, ids, faults } = await doctor(running, [], { GATEWAY_API_KEY: key });
    expect(ids).toEqual(['budget-exhausted']);
    expect(code).toBe(1);
    expect(faults[0]?.fix).toContain(`gateway keys reset-spend ${name}`);
    // By its name too, when the spend has arrived.
    await eventually(async () => expect((await doctor(running, ['--key', name])).ids).toEqual(['budget-exhausted']));
  });

  test('an expired key', async () => {
    const { key, name } = await create(running, 'old', { duration: '1s' });
    await eventually(async () => expect((await chat(running.url, key, 'claude-haiku-4-5')).status).toBe(401));
    expect((await doctor(running, ['--key', name])).ids).toEqual(['key-expired']);
    expect((await doctor(running, [], { GATEWAY_API_KEY: key })).ids).toEqual(['key-expired']);
  });

  test('a revoked key', async () => {
    const { key, name } = await create(running, 'stopped');
    await send('POST', `${running.provisionerUrl}/api/v1/admin/keys/${name}/revoke`, running.adminToken);
    const { ids, faults } = await doctor(running, [], { GATEWAY_API_KEY: key });
    expect(ids).toEqual(['key-revoked']);
    expect(faults[0]?.fix).toContain(`gateway keys restore ${name}`);
  });

  test('a deleted key, and one that never was', async () => {
    const { key, name } = await create(running, 'gone');
    await send('DELETE', `${running.provisionerUrl}/api/v1/admin/keys/${name}`, running.adminToken);
    expect((await doctor(running, [], { GATEWAY_API_KEY: key })).ids).toEqual(['key-unknown']);
    expect((await doctor(running, [], { GATEWAY_API_KEY: 'sk-never-was-anywhere-0123456789' })).ids).toEqual([
      'key-unknown',
    ]);
  });

  test('a wrong model name, with the right one beside it', async () => {
    const { ids, faults } = await doctor(running, ['--model', 'anthropic/claude-haiku-4-5-20251001']);
    expect(ids).toEqual(['model-not-found']);
    expect(faults[0]?.fix[0]).toContain('claude-haiku-4-5');
  });

  test('a model the key may not use', async () => {
    const { name } = await create(running, 'haiku-only');
    const { ids, faults } = await doctor(running, ['--key', name, '--model', 'claude-opus-5-5']);
    expect(ids).toEqual(['model-not-found']);
    expect(faults[0]?.cause).toContain('may not use');
  });

  test('a wrong clock, by a stand-in that answers for the gateway with another date', async () => {
    const server: Server = createServer(async (request, response) => {
      const { status } = await fetch(`${running.url}${request.url}`);
      response.sendDate = false;
      response.writeHead(status, {
        date: new Date(Date.now() - 3_600_000).toUTCString(),
        'content-type': 'application/json',
      });
      response.end('{"status":"healthy","db":"connected"}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await doctor(running, ['--free'], { GATEWAY_URL: url })).ids).toEqual(['clock-wrong']);
    server.close();
  });

  test('a Coder that people open over plain HTTP, and none where they open it over HTTPS', async () => {
    const withCoder = async (url: string) => {
      const file = join(folder, 'coder.yaml');
      writeFileSync(file, JSON.stringify({ providers, coder: { url } }));
      return (await doctor(running, ['--free', '--settings', file])).ids;
    };
    expect(await withCoder('http://coder.example.com')).toEqual(['roo-panel-blank']);
    expect(await withCoder('https://coder.example.com')).toEqual([]);
  });

  test('a stopped key-provisioner', async () => {
    await running.keyProvisioner.stop();
    expect((await doctor(running)).ids).toEqual(['provisioner-down']);
    await running.keyProvisioner.start();
  });

  test('a key-provisioner that does not reach the gateway', async () => {
    const { url } = await running.startKeyProvisionerCopy({ LITELLM_URL: 'http://127.0.0.1:9' });
    const { ids, faults } = await doctor(running, [], { GATEWAY_PROVISIONER_URL: url });
    expect(ids).toEqual(['provisioner-cut-off']);
    expect(faults[0]?.evidence.join()).toContain('from here the gateway answers');
  });

  test('a stopped database', async () => {
    await running.postgres.stop();
    await eventually(async () => expect((await send('GET', `${running.url}/health/readiness`)).status).toBe(503));
    const { ids, faults } = await doctor(running);
    expect(ids).toEqual(['database-down']);
    expect(faults[0]?.evidence.join()).toContain('database disconnected');
    await running.postgres.start();
    await eventually(async () => expect((await send('GET', `${running.url}/health/readiness`)).status).toBe(200));
  });

  test('a stopped gateway', async () => {
    await running.litellm.stop();
    expect((await doctor(running)).ids).toEqual(['gateway-down']);
  });

  // The harness writes a good configuration at each start, so the same LiteLLM is started on a spoilt copy.
  test.each([
    ['text that is no YAML', (text: string) => `${text}\n  - broken: [`],
    [
      'settings that are a list',
      (text: string) => text.replace(/^general_settings:[\s\S]*/m, 'general_settings: [nothing]\n'),
    ],
  ])('a broken configuration: %s', async (_, spoil) => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, spoil(readFileSync(join(running.directory, 'config.yaml'), 'utf8')));
    await failToStart(file);
    const { ids, faults } = await doctor(running, ['--logs', folder]);
    expect(ids).toEqual(['configuration-broken']);
    expect(faults[0]?.evidence.join('\n')).toContain('litellm.log:');
  });

  test('a password that PostgreSQL refuses', async () => {
    const wrong = new URL(running.databaseUrl);
    wrong.password = 'not-the-one-it-was-made-with';
    await failToStart(join(running.directory, 'config.yaml'), { DATABASE_URL: wrong.href });
    const { ids, faults } = await doctor(running, ['--logs', folder]);
    // Which cause is named depends on what the database engine says; Prisma's own words are tried in the unit tests.
    expect(ids).toEqual(['database-down']);
    expect(JSON.stringify(faults)).not.toContain(wrong.password);
  });

  /** Starts LiteLLM on what the harness would mend; it must end by itself. */
  async function failToStart(config: string, env: Record<string, string> = {}): Promise<void> {
    const { status, output } = await running.runLiteLLM(config, env);
    writeFileSync(join(folder, 'litellm.log'), output);
    expect(status).toBeGreaterThan(0);
  }
});

describe('on a deployment whose provider credential is not good', () => {
  let running: Gateway;
  afterEach(() => running?.stop());

  test('empty', async () => {
    const upstream = await startScriptedAnthropic({});
    running = await startOne({ mock: [], apiBase: { anthropic: upstream.url }, env: { ANTHROPIC_API_KEY: '' } });
    const { ids, faults } = await doctor(running);
    await upstream.stop();
    expect(ids).toEqual(['provider-credential']);
    expect(faults[0]?.cause).toContain('anthropic is empty (anthropic_api_key)');
  });
});
