import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { init as initWith } from '../../../cli/init';
import { loadSettings } from '../../../settings/load';
import { SECRETS } from '../../../settings/secrets';
import { testContext } from './in-process';

let directory: string;
let secretsFile: string;
let settingsFile: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-init-'));
  secretsFile = join(directory, 'secrets.tfvars');
  settingsFile = join(directory, 'gateway.yaml');
});
afterEach(() => rmSync(directory, { recursive: true }));

const init = (secrets: string, settings: string, env: Record<string, string>) =>
  initWith(secrets, settings, testContext(env).context);

const valuesIn = (file: string) =>
  Object.fromEntries(
    [...readFileSync(file, 'utf8').matchAll(/^(\w+) = "(.*)"$/gm)].map(([, name, value]) => [name, value]),
  );

test('secrets.tfvars holds every secret, strong and different, for its owner only', () => {
  init(secretsFile, settingsFile, {});
  const values = valuesIn(secretsFile);
  expect(Object.keys(values)).toEqual(SECRETS.map(({ name }) => name));
  const generated = SECRETS.filter(({ generate }) => generate);
  for (const { name, minimumLength, prefix = '' } of generated) {
    expect(values[name]?.length).toBeGreaterThanOrEqual(minimumLength);
    expect(values[name]).toMatch(new RegExp(`^${prefix}`));
  }
  expect(new Set(generated.map(({ name }) => values[name])).size).toBe(generated.length);
  expect(statSync(secretsFile).mode & 0o777).toBe(0o600);
});

test('provider credentials come from the environment, and decide the proposed settings', () => {
  init(secretsFile, settingsFile, { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLEEXAMPLE', AWS_SECRET_ACCESS_KEY: 'a"b\\${c}' });
  expect(valuesIn(secretsFile).aws_access_key_id).toBe('AKIAEXAMPLEEXAMPLE');
  expect(readFileSync(secretsFile, 'utf8')).toContain('aws_secret_access_key = "a\\"b\\\\$${c}"');
  const settings = loadSettings(settingsFile);
  expect(settings.providers.bedrock.credentials).toBe('variable');
  expect(settings.providers.anthropic.credentials).toBe('off');
});

test('credentials that are missing stay clearly marked blanks and are named', () => {
  writeFileSync(settingsFile, 'providers: { anthropic: { credentials: variable } }\n');
  const { text, json } = init(secretsFile, settingsFile, {});
  expect(readFileSync(secretsFile, 'utf8')).toMatch(/# Anthropic \(BLANK: .*\nanthropic_api_key = ""/);
  expect(text).toContain('anthropic_api_key (anthropic)');
  expect(json.blank).toEqual(['anthropic_api_key']);
});

test('an existing file is never overwritten', () => {
  init(secretsFile, settingsFile, {});
  const before = readFileSync(secretsFile, 'utf8');
  const { text } = init(secretsFile, settingsFile, { ANTHROPIC_API_KEY: 'sk-ant-new' });
  expect(readFileSync(secretsFile, 'utf8')).toBe(before);
  expect(text).toContain('never overwrites');
});

test('nothing it prints is a secret', () => {
  const { text, json } = init(secretsFile, settingsFile, { ANTHROPIC_API_KEY: 'sk-ant-secret-value' });
  const printed = text + JSON.stringify(json);
  for (const value of Object.values(valuesIn(secretsFile)).filter(Boolean)) expect(printed).not.toContain(value);
});

test('with settings that are wrong it writes nothing', () => {
  writeFileSync(settingsFile, 'litelm: {}\n');
  expect(() => init(secretsFile, settingsFile, {})).toThrow('did you mean "litellm"?');
  expect(existsSync(secretsFile)).toBe(false);
});

test('other settings are proposed only where credentials were found', () => {
  writeFileSync(settingsFile, 'providers: { anthropic: { credentials: variable } }\n');
  expect(init(join(directory, 'one'), settingsFile, {}).text).not.toContain('these settings would work');
  const aws = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLEEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret-secret-secret' };
  expect(init(join(directory, 'two'), settingsFile, aws).text).toMatch(
    /these settings would work:\s+providers:\s+bedrock:/,
  );
});

test("a machine's role is proposed as such, and needs no blank to be filled in", () => {
  const { json } = init(secretsFile, settingsFile, { AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/gateway' });
  expect(loadSettings(settingsFile).providers.bedrock.credentials).toBe('instance-role');
  expect(json.blank).toEqual([]);
});

test('a place that cannot be written to is named', () => {
  expect(() => init(join(directory, 'missing/secrets.tfvars'), settingsFile, {})).toThrow(
    /cannot be written \(ENOENT\)/,
  );
});
