import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSecrets } from '../../../cli/secrets/read';
import { valueProblems } from '../../../deployment/kubernetes/secret';
import { SECRETS, type SecretName } from '../../../settings/secrets';
import { onKubernetes } from '../constructs/kubernetes/on-kubernetes';
import { gatewayInProcess } from './in-process';

const folder = mkdtempSync(join(tmpdir(), 'gateway-secrets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string, name = 'secrets.tfvars'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const read = (text: string, name?: string) => readSecrets(file(text, name), name ?? 'secrets.tfvars');

test('plain lines are read as Terraform reads them, and empty ones are left out', () => {
  const text = [
    '# a comment',
    'litellm_master_key = "sk-abc" # of today',
    'coder_token=""',
    'vertex_credentials = "{\\n \\"a\\": \\"$${b}\\" }"',
    'unknown = "x"',
  ].join('\n');
  expect(read(text)).toEqual({ litellm_master_key: 'sk-abc', vertex_credentials: '{\n "a": "${b}" }' });
});

test('JSON is read too', () => {
  expect(read('{"postgres_password": "p", "other": 1}', 'secrets.tfvars.json')).toEqual({ postgres_password: 'p' });
});

test.each([
  ['litellm_master_key = <<EOT\nsecret-text\nEOT\n', 'secrets.tfvars'],
  ['{"litellm_master_key": 5, "x": "secret-text"}', 'secrets.tfvars.json'],
  ['{"litellm_master_key": "secret-text"', 'secrets.tfvars.json'],
])('what is no string is refused without being printed: %j', (text, name) => {
  expect(() => read(text, name)).toThrow(/litellm_master_key|is not valid JSON/);
  expect(() => read(text, name)).not.toThrow(/secret-text/);
});

const generated = Object.fromEntries(SECRETS.map(({ name, generate }) => [name, generate?.() ?? ''])) as Record<
  SecretName,
  string
>;
const values = {
  ...generated,
  anthropic_api_key: 'made-up-key',
  aws_access_key_id: 'made-up-access-key',
  aws_secret_access_key: 'made-up-secret-key',
  coder_token: 'made-up-token',
};

test('a whole set has no problems', () => {
  expect(valueProblems(values, onKubernetes())).toEqual([]);
});

test.each([
  ['anthropic_api_key', '', /^anthropic_api_key is missing; /],
  ['litellm_master_key', 'x'.repeat(40), /^litellm_master_key does not begin with "sk-"/],
  ['key_derivation_secret', 'xyzzy', /^key_derivation_secret is shorter than 32 characters/],
  ['provisioner_admin_token', values.key_derivation_secret, /has the same value as another secret/],
  ['postgres_password', `p@ss/${'x'.repeat(30)}`, /^postgres_password holds characters that a URL would need escaped/],
] as const)('%s is checked as the plan on Docker checks it', (name, value, message) => {
  const problems = valueProblems({ ...values, [name]: value }, onKubernetes());
  expect(problems).toContainEqual(expect.stringMatching(message));
  if (value) for (const problem of problems) expect(problem).not.toContain(value);
});

test('secrets of a deployment on Docker are not pushed anywhere', async () => {
  const settings = file('providers: {anthropic: {credentials: variable}}\n', 'docker.yaml');
  const { code, stderr } = await gatewayInProcess(['secrets', 'push', '--settings', settings]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('target: docker')]);
});
