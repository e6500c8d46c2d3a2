import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, readEnvironment } from '../../../images/key-provisioner/src/environment';
import { configuration } from './configuration';

const directory = mkdtempSync(join(tmpdir(), 'provisioner-environment-'));
afterAll(() => rmSync(directory, { recursive: true }));

function fileWith(content: unknown): string {
  const file = join(directory, `${Math.random()}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const good = () => ({
  LITELLM_URL: 'http://litellm:4000',
  LITELLM_MASTER_KEY: 'sk-master-key-of-these-tests-0123456789',
  ADMIN_TOKEN: 'admin-token-of-these-tests-0123456789',
  WORKSPACE_IDENTITY_SECRET: 'identity-secret-of-these-tests-0123456789',
  KEY_DERIVATION_SECRET: 'derivation-secret-of-these-tests-0123456789',
  GATEWAY_CONFIGURATION: fileWith(configuration),
});

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readEnvironment(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

test('a complete environment is accepted, with defaults for the rest', () => {
  expect(readEnvironment(good()).environment).toMatchObject({ HOST: '0.0.0.0', PORT: 8100, LOG_LEVEL: 'info' });
});

test('everything that is wrong is listed at once, without any value', () => {
  const problems = problemsOf({
    ...good(),
    LITELLM_URL: 'litellm',
    LITELLM_MASTER_KEY: 'abc',
    ADMIN_TOKEN: undefined,
    LOG_LEVEL: 'loud',
    GATEWAY_CONFIGURATION: join(directory, 'missing.json'),
  });
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([
    'LITELLM_URL',
    'LITELLM_MASTER_KEY',
    'LITELLM_MASTER_KEY',
    'ADMIN_TOKEN',
    'LOG_LEVEL',
    join(directory, 'missing.json'),
  ]);
  expect(problems.join('\n')).not.toContain('abc');
});

test.each(['ADMIN_TOKEN', 'WORKSPACE_IDENTITY_SECRET', 'KEY_DERIVATION_SECRET', 'LITELLM_MASTER_KEY'])(
  'an empty %s stops the start',
  (name) => {
    expect(problemsOf({ ...good(), [name]: '' }).join()).toContain(name);
  },
);

test('one secret for two purposes stops the start', () => {
  const { ADMIN_TOKEN } = good();
  expect(problemsOf({ ...good(), WORKSPACE_IDENTITY_SECRET: ADMIN_TOKEN })).toEqual([
    'WORKSPACE_IDENTITY_SECRET: must not be the same as ADMIN_TOKEN',
  ]);
});

test('confirming workspaces needs a token for Coder', () => {
  const file = fileWith({ ...configuration, confirm_workspaces: true, coder_url: 'http://coder:7080' });
  expect(problemsOf({ ...good(), GATEWAY_CONFIGURATION: file, CODER_TOKEN: '' })).toEqual([
    'CODER_TOKEN: is required because confirm_workspaces is on',
  ]);
});

test.each([
  ['{', 'is not valid JSON'],
  [{ ...configuration, models: [] }, 'models'],
  [{ ...configuration, surprise: 1 }, 'surprise'],
  [{ ...configuration, default_model: 'gpt' }, '"gpt" is not one of the models in this file'],
])('an invalid gateway.json stops the start and says where (%#)', (content, message) => {
  expect(problemsOf({ ...good(), GATEWAY_CONFIGURATION: fileWith(content) }).join()).toContain(message);
});
