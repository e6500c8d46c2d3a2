import { chooseProviders } from '../../../demo/providers';
import { parseSettings } from '../../../settings/load';

const settings = parseSettings(
  'providers: { anthropic: { credentials: variable }, bedrock: { credentials: variable, region: us-east-1 } }',
);

test('without credentials every model is mocked, and no variable of config.yaml is missing', () => {
  const { real, mock, secrets } = chooseProviders(settings, {});
  expect(real).toEqual([]);
  expect(mock).toEqual(expect.arrayContaining(['anthropic', 'bedrock']));
  expect(secrets).toMatchObject({
    anthropic_api_key: expect.any(String),
    aws_access_key_id: expect.any(String),
    aws_secret_access_key: expect.any(String),
  });
});

test("a provider's credentials make its models real, and only those", () => {
  const { real, mock, secrets } = chooseProviders(settings, { ANTHROPIC_API_KEY: 'sk-ant-real' });
  expect(real).toEqual(['anthropic']);
  expect(mock).toContain('bedrock');
  expect(mock).not.toContain('anthropic');
  expect(secrets.anthropic_api_key).toBe('sk-ant-real');
});

test('half of the credentials are not enough, and are not used', () => {
  const { real, secrets } = chooseProviders(settings, { AWS_ACCESS_KEY_ID: 'AKIAREAL' });
  expect(real).toEqual([]);
  expect(secrets.aws_access_key_id).not.toBe('AKIAREAL');
});

test('--mock keeps real credentials out', () => {
  const { real, secrets } = chooseProviders(settings, { ANTHROPIC_API_KEY: 'sk-ant-real' }, true);
  expect(real).toEqual([]);
  expect(JSON.stringify(secrets)).not.toContain('sk-ant-real');
});
