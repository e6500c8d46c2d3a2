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
  for (const { name, after } of workloads) {
    for (const other of after) expect(names.indexOf(other)).toBeLessThan(names.indexOf(name));
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

test('only the network of the uplink is shared by everything that is published', () => {
  for (const { ports, networks } of workloads) if (ports.length > 0) expect(networks).toContain('uplink');
});

test('descriptions of workloads know nothing of CDKTF', () => {
  const room = join(__dirname, '../../../workloads');
  for (const file of readdirSync(room))
    expect(readFileSync(join(room, file), 'utf8')).not.toMatch(/from '(@?cdktf|constructs)/);
});
