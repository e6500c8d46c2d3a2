import { networksOf } from '../../../constructs/docker/platform-networks';
import { proxyConfig } from '../../../litellm-config/proxy-config';
import { parseSettings } from '../../../settings/load';
import { platformWorkloads } from '../../../workloads/platform';
import { secretsOf } from '../../../workloads/value';
import type { Workload } from '../../../workloads/workload';

const of = (replicas: number) =>
  parseSettings(`providers: {anthropic: {credentials: variable}}\nlitellm: {replicas: ${replicas}}\n`);
const workloads = platformWorkloads(of(3));
const named = (name: string) => workloads.find((workload) => workload.name === name) as Workload;
const REPLICAS = ['litellm', 'litellm-2', 'litellm-3'];

test('one LiteLLM has the name that it always had, and neither Valkey nor checks of its readiness', () => {
  const alone = platformWorkloads(of(1));
  expect(alone.map(({ name }) => name)).toEqual(['postgres', 'litellm', 'edge', 'key-provisioner']);
  expect(JSON.stringify(alone)).not.toMatch(/health_checks|retry_on/);
  expect(proxyConfig(of(1)).general_settings).not.toHaveProperty('coordination_redis');
});

test('exactly one replica migrates the database, and the others start after it', () => {
  const migrates = workloads.filter(
    ({ name, environment }) => REPLICAS.includes(name) && !('DISABLE_SCHEMA_UPDATE' in environment),
  );
  expect(migrates.map(({ name }) => name)).toEqual(['litellm-2']);
  for (const name of ['litellm', 'litellm-3']) expect(named(name).dependsOn).toContain('litellm-2');
});

test('no replica depends on the first, so that each of them can be replaced while it serves', () => {
  for (const name of ['litellm-2', 'litellm-3']) expect(named(name).dependsOn).not.toContain('litellm');
});

test('all replicas stand on the same networks, and are reached under one name', () => {
  const networks = REPLICAS.map((name) => networksOf(named(name), workloads));
  expect(networks[0]).toContain('gateway');
  for (const each of networks) expect(each).toEqual(networks[0]);
  expect(REPLICAS.map((name) => named(name).service)).toEqual(['litellm', 'litellm', 'litellm']);
});

test('only LiteLLM reaches the shared counters, with a password of their own, and they reach nobody', () => {
  const clients = workloads.filter(({ connects }) => connects.some(({ to }) => to === 'valkey'));
  expect(clients.map(({ name }) => name).sort()).toEqual(REPLICAS);
  expect(named('valkey')).toMatchObject({ connects: [], published: [], persistent: [] });
  expect(networksOf(named('valkey'), workloads)).toEqual(['valkey']);
  expect(named('valkey').environment['VALKEY_PASSWORD']).toEqual(named('litellm').environment['VALKEY_PASSWORD']);
  expect(secretsOf(named('valkey').environment['VALKEY_PASSWORD']!)).toEqual(['postgres_password']);
});

test('a replica that is told to end has the time that LiteLLM takes for what is under way', () => {
  for (const replicas of [1, 3]) {
    const litellm = platformWorkloads(of(replicas)).find(({ name }) => name === 'litellm') as Workload;
    const drains = litellm.environment['GRACEFUL_SHUTDOWN_TIMEOUT'];
    expect(litellm.stopGraceSeconds).toBeGreaterThan(Number(drains?.kind === 'literal' ? drains.text : Number.NaN));
  }
});

test('the edge repeats a request at another replica only where nothing of it was sent', () => {
  const envoy = JSON.parse(named('edge').files?.files[0]?.content ?? '');
  const policies = JSON.stringify(envoy).match(/"retry_on":"[^"]*"/g);
  expect(policies).toEqual(['"retry_on":"connect-failure,refused-stream,reset-before-request"']);
});
