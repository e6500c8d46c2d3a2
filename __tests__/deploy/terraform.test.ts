import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, succeed } from './support/commands';
import { testSecrets, tfvars } from './support/secrets';

jest.setTimeout(10 * 60_000);

const directory = mkdtempSync(join(tmpdir(), 'gateway-terraform-'));
const outdir = join(directory, 'cdktf.out');
const stacks = ['platform', 'contractor-workspace'];

const terraform = (stack: string, ...args: string[]) =>
  command('terraform', [`-chdir=${join(outdir, 'stacks', stack)}`, ...args]);

beforeAll(() => {
  succeed('scripts/provider-mirror.sh', []);
  writeFileSync(
    join(directory, 'gateway.yaml'),
    `providers:
  anthropic: {credentials: variable}
  bedrock: {credentials: variable, region: us-east-1}
images: {key_provisioner: "registry.test/key-provisioner:1.0.0"}
`,
  );
  succeed('node', ['--import', 'tsx', 'main.ts'], {
    env: { CDKTF_OUTDIR: outdir, GATEWAY_SETTINGS: join(directory, 'gateway.yaml') },
  });
  for (const stack of stacks) {
    const { status, stderr } = terraform(stack, 'init', '-input=false');
    if (status !== 0) throw new Error(stderr);
  }
  const tests = join(outdir, 'stacks/platform/tests');
  mkdirSync(tests);
  cpSync(join(__dirname, 'platform.tftest.hcl'), join(tests, 'platform.tftest.hcl'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each(stacks)('terraform accepts the stack %s', (stack) => {
  expect(JSON.parse(terraform(stack, 'validate', '-json').stdout)).toMatchObject({ valid: true, diagnostics: [] });
});

test('the platform plans and applies as meant, with mocked providers', () => {
  const { status, stdout, stderr } = terraform('platform', 'test', '-no-color');
  expect(`${stdout}${stderr}`).toContain('0 failed');
  expect(status).toBe(0);
});

const plan = (secrets: Parameters<typeof tfvars>[0]) => {
  const file = join(directory, 'secrets.tfvars.json');
  writeFileSync(file, tfvars(secrets));
  const { status, stdout, stderr } = terraform('platform', 'plan', '-input=false', '-no-color', `-var-file=${file}`);
  return { status, output: `${stdout}${stderr}`.replace(/\s+/g, ' ') };
};

test('every missing secret is named in one go', () => {
  const { status, output } = plan({});
  expect(status).toBe(1);
  for (const name of [
    'litellm_master_key',
    'postgres_password',
    'key_derivation_secret',
    'anthropic_api_key',
    'aws_access_key_id',
  ]) {
    expect(output).toContain(`${name} is missing`);
  }
});

test.each([
  ['short', { provisioner_admin_token: 'Tr0ub4dor' }, 'provisioner_admin_token is shorter than 32 characters'],
  [
    'published',
    { litellm_master_key: 'sk-poc-litellm-master-key-change-in-production' },
    'litellm_master_key is a value that is printed in public manuals',
  ],
  [
    'without its prefix',
    { litellm_master_key: 'no-prefix-0123456789abcdef0123456789abcdef' },
    'litellm_master_key does not begin with "sk-"',
  ],
])('a secret that is %s stops the plan and is not printed', (_, weak, message) => {
  const { status, output } = plan({ ...testSecrets(), ...weak });
  expect(status).toBe(1);
  expect(output).toContain(message);
  const [value = ''] = Object.values(weak);
  // The list of published values is part of what is synthesized, and so of the message.
  if (!message.includes('public manuals')) expect(output).not.toContain(value);
});

test('one value for two purposes stops the plan and is not printed', () => {
  const secrets = testSecrets();
  const { status, output } = plan({ ...secrets, key_derivation_secret: secrets.workspace_identity_secret });
  expect(status).toBe(1);
  expect(output).toContain('key_derivation_secret has the same value as another secret');
  expect(output).not.toContain(secrets.workspace_identity_secret);
});
