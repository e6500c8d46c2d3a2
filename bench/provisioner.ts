/**
 * Usage: node --import tsx bench/provisioner.ts [--keys 1000,10000] [--samples 150]
 *
 * The key-provisioner, as bundled for its image, on the demo's real LiteLLM: latency and throughput of issue and re-issue
 * against LiteLLM's own /key/generate in the same run, our share of a re-issue, calls per re-issue, memory; then the
 * reconciler over many keys, with a stand-in for Coder.
 */

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { type StandInCoder, startStandInCoder } from '../__tests__/contract/key-provisioner/stand-in-coder';
import { workspaceToken } from '../images/key-provisioner/src/identity/workspace-token';
import { Derivation } from '../images/key-provisioner/src/keys/derivation';
import { gatewayConfiguration } from '../litellm-config/gateway-json';
import { plainErrors } from '../plain-errors';
import { parseSettings } from '../settings/load';
import { insertKeys } from './provisioner-keys';

plainErrors('bench/provisioner');

const ROOT = join(__dirname, '..');
const PORT = 8171;
const URL_ = `http://127.0.0.1:${PORT}`;
const run = promisify(execFile);
const secret = () => randomBytes(32).toString('base64url');
const SECRETS = { admin: secret(), identity: secret(), derivation: secret() };

const { values } = parseArgs({
  options: { keys: { type: 'string', default: '1000,10000' }, samples: { type: 'string', default: '150' } },
});
const samples = Number(values.samples);

interface Demo {
  gatewayUrl: string;
  masterKey: string;
  databaseUrl: string;
  directory: string;
}

async function post(url: string, credential: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

const workspace = () => ({ workspace_id: randomUUID(), owner_id: randomUUID(), username: 'bench' });
const start = (identity: ReturnType<typeof workspace>) =>
  post(`${URL_}/api/v1/keys/workspace`, workspaceToken(SECRETS.identity, identity), identity);

async function timed(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

const quantile = (times: readonly number[], q: number) =>
  [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * q))] ?? Number.NaN;

async function series(name: string, count: number, action: (index: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) times.push(await timed(() => action(index)));
  const figures = `p50 ${quantile(times, 0.5).toFixed(1)} ms   p99 ${quantile(times, 0.99).toFixed(1)} ms`;
  console.log(`${name.padEnd(34)} ${figures}`);
  return times;
}

async function throughput(name: string, count: number, action: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await action(next++);
  };
  const ms = await timed(() => Promise.all(Array.from({ length: 8 }, worker)));
  console.log(`${name.padEnd(34)} ${((count / ms) * 1000).toFixed(1)} /s at 8 at once`);
}

/** Calls to LiteLLM that the service has made so far, and the milliseconds it waited for them. */
async function upstream(): Promise<{ calls: number; waited: number }> {
  const text = await (await fetch(`${URL_}/metrics`)).text();
  const total = (what: string) =>
    [...text.matchAll(new RegExp(`upstream_duration_seconds_${what}\\{upstream="litellm"[^}]*\\} ([\\d.e-]+)`, 'g'))]
      .map(([, value]) => Number(value))
      .reduce((sum, value) => sum + value, 0);
  return { calls: total('count'), waited: total('sum') * 1000 };
}

const residentMegabytes = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function startService(demo: Demo, coder: StandInCoder, directory: string): Promise<ChildProcess> {
  execFileSync('npm', ['run', '--silent', 'build', '-w', 'images/key-provisioner'], { cwd: ROOT, stdio: 'inherit' });
  const configuration = gatewayConfiguration(parseSettings('providers: { anthropic: { credentials: variable } }'));
  configuration.reconcile_interval_s = 0;
  configuration.policies.workspace.duration = '20s'; // renewed where more than 0.2 s of it are gone
  const file = join(directory, 'gateway.json');
  writeFileSync(file, JSON.stringify(configuration));
  const service = spawn(process.execPath, [join(ROOT, 'images/key-provisioner/dist/server.js')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      NODE_OPTIONS: '--max-old-space-size=96 --max-semi-space-size=2', // as in the image
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(PORT),
      LITELLM_URL: demo.gatewayUrl,
      LITELLM_MASTER_KEY: demo.masterKey,
      ADMIN_TOKEN: SECRETS.admin,
      WORKSPACE_IDENTITY_SECRET: SECRETS.identity,
      KEY_DERIVATION_SECRET: SECRETS.derivation,
      CODER_URL: coder.url,
      CODER_TOKEN: coder.token,
      GATEWAY_CONFIGURATION: file,
    },
  });
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (
      await fetch(`${URL_}/health`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return service;
    await sleep(100);
  }
  throw new Error('the key-provisioner did not start');
}

async function latency(demo: Demo): Promise<void> {
  const generate = () =>
    post(`${demo.gatewayUrl}/key/generate`, demo.masterKey, { models: ['claude-haiku-4-5'], max_budget: 1 });
  await series('(warm-up)', 10, generate);
  await series('LiteLLM /key/generate', samples, generate);
  const known = Array.from({ length: samples }, workspace);
  const earlier = await upstream();
  await series('issue (a first start)', samples, (index) => start(known[index]!));
  const calls = ((await upstream()).calls - earlier.calls) / samples;
  console.log(`${'LiteLLM calls per issue'.padEnd(34)} ${calls.toFixed(2)} (a known person: one more)`);

  // Nothing changed and renewed a moment ago: one necessary call. In turns with that very call, for comparison; our share
  // is what one request took beyond its own wait for LiteLLM, so that LiteLLM's ups and downs are not taken for ours.
  const derivation = new Derivation(SECRETS.derivation);
  const one = workspace();
  const mark = derivation.mark({ scope: 'workspace', subject: one.workspace_id });
  const query = `return_full_object=true&page=1&size=100&key_alias=${encodeURIComponent(mark)}&substring_matching=true&user_id=${one.owner_id}`;
  const headers = { authorization: `Bearer ${demo.masterKey}` };
  const call = async () => (await fetch(`${demo.gatewayUrl}/key/list?${query}`, { headers })).text();
  const pairs: { ours: number; theirs: number; share: number }[] = [];
  for (let index = 0; index < samples; index += 1) {
    if (index % 4 === 0) await start(one);
    // Who goes first takes turns, so that neither profits from what the other warmed up.
    const early = index % 2 === 0 ? await timed(call) : undefined;
    const before = await upstream();
    const ours = await timed(() => start(one));
    const after = await upstream();
    const theirs = early ?? (await timed(call));
    if (after.calls - before.calls === 1) pairs.push({ ours, theirs, share: ours - (after.waited - before.waited) });
  }
  const figures = (name: string, times: number[]) =>
    console.log(
      `${name.padEnd(34)} p50 ${quantile(times, 0.5).toFixed(1)} ms   p99 ${quantile(times, 0.99).toFixed(1)} ms`,
    );
  figures(
    're-issue, one call',
    pairs.map(({ ours }) => ours),
  );
  figures(
    'the call itself',
    pairs.map(({ theirs }) => theirs),
  );
  figures(
    'our share of a re-issue',
    pairs.map(({ share }) => share),
  );
  console.log(
    `${''.padEnd(34)} (goal: p50 under 5 ms; ${pairs.length} requests, the way to and from this client included)`,
  );

  await sleep(500);
  const before = await upstream();
  await series('re-issue with renewal', samples, (index) => start(known[index]!));
  const each = ((await upstream()).calls - before.calls) / samples;
  console.log(`${'LiteLLM calls per re-issue'.padEnd(34)} ${each.toFixed(2)} (goal: at most 2)`);
  await throughput('LiteLLM /key/generate', samples, generate);
  await throughput('issue', samples, () => start(workspace()));
  await throughput('re-issue', samples, (index) => start(known[index]!));
}

async function reconcile(demo: Demo, coder: StandInCoder, count: number, pid: number): Promise<void> {
  const ids = await insertKeys(demo.databaseUrl, new Derivation(SECRETS.derivation), count);
  coder.workspaces.clear();
  for (const [index, id] of ids.entries()) {
    const gone = index % 100 === 0; // one in a hundred was deleted
    coder.workspaces.set(id, {
      owner_id: 'bench',
      transition: gone ? 'delete' : 'start',
      status: gone ? 'deleted' : 'running',
    });
  }
  coder.requests.length = 0;
  const result = await post(`${URL_}/api/v1/admin/reconcile`, SECRETS.admin, { dry_run: false });
  console.log(
    `reconciler, ${count} keys: ${(Number(result['duration_ms']) / 1000).toFixed(1)} s, ` +
      `${(result['deleted'] as string[]).length} deleted, ${result['undecided']} undecided, ` +
      `${coder.requests.length} calls to Coder, ${residentMegabytes(pid).toFixed(0)} MiB`,
  );
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-provisioner-'));
  const coder = await startStandInCoder();
  const command = ['--import', 'tsx', join(ROOT, 'demo/main.ts'), '--detach', '--json', '--mock'];
  const { stdout } = await run(process.execPath, command, { cwd: ROOT });
  const demo = JSON.parse(stdout) as Demo;
  let service: ChildProcess | undefined;
  try {
    service = await startService(demo, coder, directory);
    const pid = service.pid ?? 0;
    console.log(`memory after the start: ${residentMegabytes(pid).toFixed(0)} MiB`);
    await latency(demo);
    console.log(`memory after the load: ${residentMegabytes(pid).toFixed(0)} MiB (goal: under 120 MiB)`);
    for (const count of values.keys.split(',').filter(Boolean)) await reconcile(demo, coder, Number(count), pid);
  } finally {
    service?.kill();
    await coder.stop();
    const stop = ['--import', 'tsx', join(ROOT, 'demo/stop.ts'), '--directory', demo.directory];
    await run(process.execPath, stop, { cwd: ROOT });
    rmSync(directory, { recursive: true, force: true });
  }
}

void main();
