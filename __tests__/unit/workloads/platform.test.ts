import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSettings } from '../../../settings/load';
import { SECRETS } from '../../../settings/secrets';
import { platformWorkloads } from '../../../workloads/platform';
import { secretsOf } from '../../../workloads/value';

const settings = parseSettings(
  'providers: {anthropic: {credentials: variable}}\ncoder: {server: true, confirm_workspaces: true}\n',
);
const workloads = platformWorkloads(settings);

const holders = (secret: string) =>
  workloads
    .filter(({ environment }) =>
      Object.values(environment).some((value) => secretsOf(value).some((name) => name === secret)),
    )
    .map(({ name }) => name);

test.each([
  ['litellm_master_key', ['litellm', 'key-provisioner']],
  ['litellm_salt_key', ['litellm']],
  ['postgres_password', ['postgres', 'litellm', 'coder-postgres', 'coder']],
  ['provisioner_admin_token', ['key-provisioner']],
  ['workspace_identity_secret', ['key-provisioner']],
  ['key_derivation_secret', ['key-provisioner']],
  ['anthropic_api_key', ['litellm']],
  ['coder_token', ['key-provisioner']],
])('%s is given to %j and nobody else', (secret, expected) => {
  expect(holders(secret)).toEqual(expected);
});

test('a provider that is off gets no credentials', () => {
  expect(holders('aws_access_key_id')).toEqual([]);
});

test('each workload starts after what it needs', () => {
  const names = workloads.map(({ name }) => name);
  for (const { name, dependsOn } of workloads) {
    for (const other of dependsOn) expect(names.indexOf(other)).toBeLessThan(names.indexOf(name));
  }
});

test('each database has a password of its own, made for the deployment, and trusts nobody without one', () => {
  const databases = workloads.filter(({ environment }) => 'POSTGRES_USER' in environment);
  expect(databases.map(({ name }) => name)).toEqual(['postgres', 'coder-postgres']);
  for (const { environment } of databases) {
    expect(secretsOf(environment['POSTGRES_PASSWORD']!)).toEqual(['postgres_password']);
    expect(Object.keys(environment)).not.toContain('POSTGRES_HOST_AUTH_METHOD');
  }
  const [first, second] = databases.map(({ environment }) => environment['POSTGRES_PASSWORD']);
  expect(first).not.toEqual(second);
});

test("no workload's files hold a secret or the place of one", () => {
  for (const { files } of workloads) {
    for (const { content } of files?.files ?? []) {
      for (const { name } of SECRETS) expect(content).not.toContain(`var.${name}`);
    }
  }
});

test('a connection leads to a port on which its target serves', () => {
  const served = new Map<string, number[]>(workloads.map(({ name, ports }) => [name, ports.map(({ port }) => port)]));
  for (const { connects } of workloads) {
    for (const { to, port } of connects) if (to !== 'internet') expect(served.get(to)).toContain(port);
  }
});

test('only LiteLLM reaches its database, and only the edge and the key-provisioner reach LiteLLM', () => {
  const clientsOf = (target: string) =>
    workloads.filter(({ connects }) => connects.some(({ to }) => to === target)).map(({ name }) => name);
  expect(clientsOf('postgres')).toEqual(['litellm']);
  expect(clientsOf('litellm')).toEqual(['edge', 'key-provisioner']);
  expect(clientsOf('coder-postgres')).toEqual(['coder']);
});

test('databases have no way out and offer the host nothing', () => {
  for (const { connects, published } of workloads.filter(({ name }) => name.endsWith('postgres'))) {
    expect({ connects, published }).toEqual({ connects: [], published: [] });
  }
});

test('descriptions of workloads know nothing of CDKTF', () => {
  for (const room of ['workloads', 'workspace']) {
    const directory = join(__dirname, '../../..', room);
    for (const file of readdirSync(directory))
      expect(readFileSync(join(directory, file), 'utf8')).not.toMatch(/from '(@?cdktf|constructs)/);
  }
});
