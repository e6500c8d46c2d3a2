import { terraformEnvironment, terraformTemplate } from '../../../../constructs/terraform/value';
import { EnvValue, secretsOf } from '../../../../workloads/value';

const surroundings = { path: (file: string) => `/etc/part/${file}` };
const template = (value: EnvValue) => terraformTemplate(value, surroundings);

test('a text is passed on as it stands', () => {
  expect(template(EnvValue.literal('a "b" \\n $(c)'))).toBe('a "b" \\n $(c)');
});

test('a text that looks like a template is no template', () => {
  expect(template(EnvValue.literal('${var.x} %{ if } $${y}'))).toBe('$${var.x} %%{ if } $$${y}');
});

test('a secret is referred to, never held', () => {
  expect(template(EnvValue.variable('litellm_master_key'))).toBe('${var.litellm_master_key}');
});

test('a derived secret is of no use for another purpose', () => {
  expect(template(EnvValue.derived('postgres_password', 'a'))).not.toBe(
    template(EnvValue.derived('postgres_password', 'b')),
  );
});

test('an address and a file are where the runtime has them', () => {
  expect(template(EnvValue.join('http://', EnvValue.reference('litellm', 4000)))).toBe('http://litellm:4000');
  expect(template(EnvValue.path('config.yaml'))).toBe('/etc/part/config.yaml');
});

test('the environment is sorted, as the provider keeps it', () => {
  const environment = { B: EnvValue.literal('2'), A: EnvValue.literal('1') };
  expect(terraformEnvironment(environment, surroundings)).toEqual(['A=1', 'B=2']);
});

test('an optional secret makes the environment one expression, in which quotes and templates of texts stay texts', () => {
  const environment = {
    TOKEN: EnvValue.optionalVariable('aws_session_token'),
    TEXT: EnvValue.literal('say "${hi}"\n'),
    KEY: EnvValue.variable('anthropic_api_key'),
  };
  expect(terraformEnvironment(environment, surroundings)).toBe(
    '${compact(["KEY=${var.anthropic_api_key}", "TEXT=say \\"$${hi}\\"\\n", var.aws_session_token == "" ? "" : "TOKEN=${var.aws_session_token}"])}',
  );
});

test('the secrets of a joined value are known', () => {
  expect(
    secretsOf(EnvValue.join('a', EnvValue.variableInUrl('postgres_password'), EnvValue.derived('coder_token', 'b'))),
  ).toEqual(['postgres_password', 'coder_token']);
});
