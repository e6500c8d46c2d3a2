import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Machine } from '../../../../cli/doctor/machine';
import type { Http } from '../../../../cli/http';
import { gatewayInProcess } from '../../../unit/cli/in-process';
import { MemoryRuntime, type MemoryWorkload } from './memory-runtime';

const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'gateway.yaml'), 'name: lab\nproviders: { anthropic: { credentials: variable } }\n');

interface Finding {
  id: string;
  kind: string;
  cause: string;
  evidence: string[];
  fix: string[];
}
interface Skipped {
  id: string;
  because: string;
}

/** Stands in for services of which none answers, unless a test says otherwise. */
const NOTHING_ANSWERS: Http = async () => {
  throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
};
const answering =
  (body: object, status = 200): Http =>
  async () => ({ status, ok: status < 300, headers: new Headers(), text: JSON.stringify(body) });

/** Stands in for a machine that lacks nothing. */
const PLENTY: Machine = {
  freeBytes: async () => 1e12,
  memory: () => ({ availableMegabytes: 9000, availableShare: 0.5 }),
  firewall: () => ({ set: true, message: '' }),
};

async function doctor(
  workloads: Record<string, MemoryWorkload>,
  { words = [] as string[], http = NOTHING_ANSWERS, error = undefined as string | undefined, machine = PLENTY } = {},
) {
  const { stdout, stderr } = await gatewayInProcess(
    ['doctor', '--free', '--json', ...words],
    {},
    {
      cwd: folder,
      http,
      machine,
      runtime: () => new MemoryRuntime(workloads, error),
      now: () => new Date('2026-11-23T12:00:00Z'),
    },
  );
  if (!stdout) throw new Error(stderr);
  const report = JSON.parse(stdout) as { findings: Finding[]; notExamined: Skipped[]; examined: number };
  return { ...report, faults: report.findings.filter(({ kind }) => kind === 'fault') };
}

const PLATFORM = { 'lab-litellm': {}, 'lab-edge': {}, 'lab-postgres': {}, 'lab-key-provisioner': {} };
const stopped = (exitCode: number): MemoryWorkload => ({ phase: 'stopped', status: 'exited', exitCode });

test('what does not exist is to be deployed', async () => {
  const { faults } = await doctor({});
  expect(faults.map(({ id, cause }) => [id, cause])).toEqual([
    ['gateway-down', 'no gateway was found'],
    ['provisioner-down', 'no key-provisioner was found'],
  ]);
  expect(faults[0]?.fix).toContain('make plan && make deploy');
});

test('a stopped gateway is to be started, with the name of its workload', async () => {
  const { faults } = await doctor({ ...PLATFORM, 'lab-litellm': stopped(137) });
  expect(faults[0]).toMatchObject({ id: 'gateway-down', cause: 'the gateway is stopped (exit code 137)' });
  expect(faults[0]?.evidence).toContain('lab-litellm: exited, exit code 137, health healthy');
  expect(faults[0]?.fix).toContain('docker start lab-litellm');
});

test('where LiteLLM runs, the edge in front of it is what is stopped', async () => {
  const { faults } = await doctor({ ...PLATFORM, 'lab-edge': stopped(0) });
  expect(faults[0]?.fix).toContain('docker start lab-edge');
});

test('a gateway that ends after each start says its last words', async () => {
  const restarting: MemoryWorkload = {
    phase: 'restarting',
    status: 'restarting',
    exitCode: 3,
    log: 'one\nits last words\n',
  };
  const { faults } = await doctor({ ...PLATFORM, 'lab-litellm': restarting });
  expect(faults[0]?.cause).toBe('the gateway ends after each start (exit code 3)');
  expect(faults[0]?.evidence).toContain('litellm.log: its last words');
});

test('a gateway that is starting is to be waited for', async () => {
  const { faults } = await doctor({ ...PLATFORM, 'lab-litellm': { health: 'starting' } });
  expect(faults[0]?.cause).toBe('the gateway is still starting');
});

test('a stopped database explains the gateway that does not answer', async () => {
  const { faults } = await doctor({ ...PLATFORM, 'lab-postgres': stopped(0) });
  expect(faults.map(({ id }) => id)).toEqual(['database-down', 'provisioner-down']);
  expect(faults[0]?.cause).toBe('PostgreSQL is stopped (exited, exit code 0)');
});

test('a workload that was ended for its memory explains that it is down, and its setting is named', async () => {
  const { faults } = await doctor({
    ...PLATFORM,
    'lab-key-provisioner': { ...stopped(137), memoryKill: 'ended at noon' },
  });
  expect(faults.map(({ id }) => id)).toEqual(['memory-short']);
  expect(faults[0]?.evidence).toEqual(['ended at noon']);
  expect(faults[0]?.fix[0]).toContain('key_provisioner.memory_mb');
});

test('a key-provisioner that does not start says why', async () => {
  const log = 'the key-provisioner cannot start:\n  LITELLM_MASTER_KEY: is missing\n';
  const { faults } = await doctor({ ...PLATFORM, 'lab-key-provisioner': { ...stopped(1), log } });
  expect(faults.find(({ id }) => id === 'provisioner-down')?.cause).toBe(
    'the key-provisioner does not start: LITELLM_MASTER_KEY: is missing',
  );
});

test('the address at which users open Coder is read from what its server was started with', async () => {
  const environment = new Map([['CODER_ACCESS_URL', 'http://coder.example.com']]);
  const { faults } = await doctor({ ...PLATFORM, 'lab-coder': { environment } });
  expect(faults.find(({ id }) => id === 'roo-panel-blank')?.evidence).toEqual([
    'CODER_ACCESS_URL of lab-coder is http://coder.example.com',
  ]);
});

test('nothing is found while everything answers', async () => {
  const http = answering({ status: 'ok', db: 'connected', litellm: 'ready' });
  expect((await doctor(PLATFORM, { http })).faults).toEqual([]);
});

test('a full disk and a machine out of memory are found, and explain what is down', async () => {
  const machine: Machine = {
    ...PLENTY,
    freeBytes: async () => 100 << 20,
    memory: () => ({ availableMegabytes: 90, availableShare: 0.01 }),
  };
  const { faults } = await doctor(PLATFORM, { machine });
  expect(faults.map(({ id, evidence }) => [id, evidence[0]])).toEqual([
    ['disk-full', `df ${folder}: 100 MiB free`],
    ['memory-short', '/proc/meminfo: 90 MiB available (1 %)'],
    ['provisioner-down', expect.stringContaining('cannot be reached')],
  ]);
});

test('a firewall that is not set is a notice, and no fault', async () => {
  const http = answering({ status: 'ok', db: 'connected', litellm: 'ready' });
  const machine: Machine = { ...PLENTY, firewall: () => ({ set: false, message: 'not set' }) };
  const { findings, faults } = await doctor(PLATFORM, { http, machine });
  expect(faults).toEqual([]);
  expect(findings.map(({ id }) => id)).toContain('host-open');
});

test('what cannot be checked is skipped with its reason', async () => {
  const { notExamined, examined } = await doctor({}, { words: ['--workspace', 'ward'], error: 'no daemon' });
  const reasons = new Map(notExamined.map(({ id, because }) => [id, because]));
  expect(reasons.get('workspace-cut-off')).toBe('the runtime of this test does not answer: no daemon');
  expect(reasons.get('key-revoked')).toContain('no key was named');
  expect(reasons.get('provider-credential')).toContain('--free');
  expect(examined + notExamined.length).toBe(22);
});

test('a workspace that is not running is skipped', async () => {
  const { notExamined } = await doctor({ ward: stopped(0) }, { words: ['--workspace', 'ward'] });
  expect(notExamined).toContainEqual(expect.objectContaining({ because: '"ward" is not running' }));
});

describe('in a workspace', () => {
  const home = join(folder, 'home');
  const write = (file: string, content: string, mode = 0o600) => {
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), content, { mode });
  };

  test('a missing key and settings of Roo Code that are not JSON are found by a script that runs there', async () => {
    write('.config/roo-code/settings.json', 'not JSON');
    const { faults } = await doctor({ ...PLATFORM, ward: { home } }, { words: ['--workspace', 'ward'] });
    const causes = faults.map(({ cause }) => cause);
    expect(causes).toContain('~/.config/litellm/key is missing');
    expect(causes).toContain('~/.config/roo-code/settings.json is broken: it is not valid JSON');
    expect(faults.find(({ id }) => id === 'workspace-files-missing')?.fix).toContain(
      'docker exec ward start-workspace',
    );
  });
});

test('on the terminal a fix is a sentence, and its command stands alone below it', async () => {
  const { stdout } = await gatewayInProcess(
    ['doctor', '--free'],
    {},
    {
      cwd: folder,
      http: NOTHING_ANSWERS,
      machine: PLENTY,
      runtime: () => new MemoryRuntime({ ...PLATFORM, 'lab-litellm': stopped(1) }),
    },
  );
  expect(stdout).toMatch(
    /^ {2}fix {7}Start it:\n {14}docker start lab-litellm\n {12}If it stops again, its log says why:$/m,
  );
  expect(stdout).not.toMatch(/ #/);
});
