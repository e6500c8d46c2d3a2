import { join } from 'node:path';
import { loadSettings, parseSettings, SettingsError } from '../../../settings/load';

const ON = 'providers: { anthropic: { credentials: variable } }\n';

/** The problems a text has, as `path: message` lines. */
function problemsOf(text: string): string[] {
  try {
    parseSettings(text);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

test('the committed gateway.yaml is valid and has both providers on', () => {
  const settings = loadSettings(join(__dirname, '../../../gateway.yaml'));
  expect(settings.providers.anthropic.credentials).toBe('variable');
  expect(settings.providers.bedrock.credentials).toBe('variable');
});

test('what the committed gateway.yaml spells out is what the defaults say', () => {
  const committed = loadSettings(join(__dirname, '../../../gateway.yaml'));
  const bare = parseSettings(
    'providers: { anthropic: { credentials: variable }, bedrock: { credentials: variable, region: us-east-1 } }',
  );
  expect(committed).toEqual(bare);
});

test('the default policies are those of the product description', () => {
  const { policies } = parseSettings(ON);
  const row = ({ max_budget, budget_duration, rpm_limit, duration, models }: typeof policies.ci) => [
    max_budget,
    budget_duration,
    rpm_limit,
    duration,
    models,
  ];
  expect(row(policies.workspace)).toEqual([10, '30d', 60, '30d', 'all']);
  expect(row(policies.user)).toEqual([20, '30d', 100, '90d', 'all']);
  expect(row(policies.ci)).toEqual([5, '30d', 30, '365d', ['claude-haiku-4-5']]);
  expect(row(policies['agent:review'])).toEqual([15, '30d', 40, '365d', ['claude-sonnet-4-5', 'claude-haiku-4-5']]);
  expect(row(policies['agent:write'])).toEqual([30, '30d', 60, '365d', 'all']);
  expect(policies.person).toEqual({ max_budget: 40, budget_duration: '30d' });
});

test('every wrong value is reported at once', () => {
  const problems = problemsOf(
    `${ON}name: Foo\npolicies: { workspace: { max_budget: -1, rpm_limit: 0 } }\nlitellm: { port: 99999 }\n`,
  );
  expect(problems).toHaveLength(4);
});

test('what is wrong between fields is told together with what is wrong in one', () => {
  const problems = problemsOf(`providers: { anthropic: { credentials: variable }, bedrock: { credentials: variable } }
models: { enabled: [claude-haiku-4-5] }
policies: { workspace: { rpm_limit: 0 } }
litellm: { port: 8100 }
`);
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([
    'policies.workspace.rpm_limit',
    'models.default',
    'providers.bedrock.region',
    'key_provisioner.port',
  ]);
});

test.each([
  ['a misspelt model', `${ON}models: { enabled: [claude-sonet-4-5, claude-haiku-4-5] }`],
  ['a misspelt group', 'providrs: { anthropic: { credentials: variable } }'],
  ['a misspelt source of credentials', 'providers: { anthropic: { credentials: variables } }'],
  ['a port that is none', `${ON}litellm: { port: 0 }`],
  ['a list in the place of a group', '[]'],
])('%s is one problem, whatever would follow from it', (_, yaml) => {
  expect(problemsOf(yaml)).toHaveLength(1);
});

test.each([
  ['an unknown key', 'providrs: {}', 'providrs: is not a setting', 'did you mean "providers"?'],
  ['an unknown nested key', 'litellm: { prot: 4000 }', 'litellm.prot: is not a setting', 'did you mean "port"?'],
  [
    'an unknown model in enabled',
    'models: { enabled: [claude-sonet-4-5] }',
    'models.enabled.0: found "claude-sonet-4-5"',
    'did you mean "claude-sonnet-4-5"?',
  ],
  [
    'an unknown model in a policy',
    'policies: { ci: { models: [claude-haku-4-5] } }',
    'policies.ci.models.0: found "claude-haku-4-5"',
    'did you mean "claude-haiku-4-5"?',
  ],
  [
    'a negative budget',
    'policies: { workspace: { max_budget: -1 } }',
    'policies.workspace.max_budget: found -1',
    'more than 0',
  ],
  ['a zero budget', 'policies: { user: { max_budget: 0 } }', 'policies.user.max_budget: found 0', 'more than 0'],
  ['rpm 0', 'policies: { ci: { rpm_limit: 0 } }', 'policies.ci.rpm_limit: found 0', 'the least allowed is 1'],
  [
    'a budget that is text',
    'policies: { ci: { max_budget: lots } }',
    'policies.ci.max_budget: found "lots"',
    'it must be a number',
  ],
  [
    'a span of time that is none',
    'policies: { ci: { duration: soon } }',
    'policies.ci.duration: found "soon"',
    'such as "30d"',
  ],
  ['a port out of range', 'litellm: { port: 70000 }', 'litellm.port: found 70000', 'the most allowed is 65535'],
  ['a port two services want', 'litellm: { port: 8100 }', 'key_provisioner.port: found 8100', 'litellm.port uses too'],
  [
    'an image without a tag',
    'images: { litellm: ghcr.io/berriai/litellm }',
    'images.litellm: found "ghcr.io/berriai/litellm"',
    'a tag or a digest',
  ],
  [
    'an image with a floating tag',
    'images: { litellm: "ghcr.io/berriai/litellm:latest" }',
    'images.litellm: found',
    'name a version',
  ],
  [
    'an unknown source of credentials',
    'providers: { bedrock: { credentials: variables } }',
    'providers.bedrock.credentials: found "variables"',
    'did you mean "variable"?',
  ],
  ['an endless budget', 'policies: { ci: { max_budget: .inf } }', 'policies.ci.max_budget: found Infinity', 'a number'],
  ['no model at all', 'models: { enabled: [] }', 'models.enabled: found []', 'the least allowed is 1 entry'],
  [
    'a model in the place of a list',
    'models: { enabled: claude-haiku-4-5 }',
    'models.enabled: found "claude-haiku-4-5"',
    'allowed: all, or a list of claude-sonnet-4-5,',
  ],
  ['an address that is none', 'litellm: { bind: localhost }', 'litellm.bind: found "localhost"', 'an IPv4 or IPv6'],
  ['a daemon without a scheme', 'docker: { host: 10.0.0.1 }', 'docker.host: found "10.0.0.1"', 'such as "unix://'],
  ['a URL without a scheme', 'coder: { url: coder.test }', 'coder.url: found "coder.test"', 'an http or https URL'],
  [
    'the role of a machine for a provider that knows none',
    'providers: { anthropic: { credentials: instance-role } }',
    'providers.anthropic.credentials: found "instance-role"',
    'allowed: variable, off',
  ],
  [
    'Bedrock without a region',
    'providers: { anthropic: { credentials: variable }, bedrock: { credentials: instance-role } }',
    'providers.bedrock.region: is missing',
    'us-east-1',
  ],
  [
    'a Terraform template',
    'coder: { url: "http://${file}" }',
    'coder.url: found "http://${file}"',
    'begin a Terraform template',
  ],
  [
    'a Terraform directive',
    'images: { node: "a%{if}:1" }',
    'images.node: found "a%{if}:1"',
    'begin a Terraform template',
  ],
])('%s is refused with path, value and fix', (_what, yaml, place, fix) => {
  const text = yaml.startsWith('providers') ? yaml : `${ON}${yaml}`;
  const report = problemsOf(text).join('\n');
  expect(report).toContain(place);
  expect(report).toContain(fix);
});

test('a YAML syntax error names line and column', () => {
  expect(problemsOf('models:\n  default: [a\n')[0]).toMatch(/line \d+, column \d+: /);
});

test('a key written twice is a syntax error, not a silent last word', () => {
  expect(problemsOf('name: a\nname: b\n')).toEqual([': line 2, column 1: "name" is there twice; keep one']);
});

test('a group of which every line is commented out is a group left out', () => {
  expect(parseSettings(`${ON}coder:\n  # url: https://coder.test\npolicies:\n  ci:\n`)).toEqual(parseSettings(ON));
  expect(problemsOf(`${ON}litellm:\n  port:\n`)).toEqual(['litellm.port: found null; it must be a number']);
});

test('a second document in the file is refused in words that are no advice to programmers', () => {
  expect(problemsOf('name: a\n---\nname: b\n')).toEqual([
    ': line 2, column 1: a second document begins here (---); keep one',
  ]);
});

test.each([
  ['without its anchor', 'name: *elsewhere', 'Unresolved alias'],
  ['of what it is in', 'models: &all { enabled: [*all] }', 'circular'],
])('an alias %s is a problem of the file', (_, yaml, said) => {
  expect(problemsOf(yaml)[0]).toContain(said);
});

test('what is refused as a Terraform template is not refused a second time for its form', () => {
  expect(problemsOf(`${ON}name: "a\${b}"`)).toHaveLength(1);
});

test('a missing file says how to get one', () => {
  expect(() => loadSettings('/nonexistent/gateway.yaml')).toThrow('run `gateway init`');
});

test('a default model whose provider is off is refused with the models that are left', () => {
  const [problem] = problemsOf(`${ON}models: { default: bedrock-claude-sonnet }`);
  expect(problem).toContain('is served by bedrock, which is off');
  expect(problem).toContain('claude-haiku-4-5');
});

test('a file with every provider off says that no model is left', () => {
  expect(problemsOf('name: a')[0]).toContain('no model is left');
});

test('asking Coder without an address of Coder is refused', () => {
  expect(problemsOf(`${ON}coder: { confirm_workspaces: true }`)[0]).toContain('coder.url: is missing');
});

test('sealed workspaces without an address of Coder are refused', () => {
  expect(problemsOf(`${ON}workspace: { egress: none }`)[0]).toContain('coder.url: is missing');
  expect(problemsOf(`${ON}workspace: { egress: none }\ncoder: { server: true }`)).toEqual([]);
});

test.each([
  ['30d', 'must be at least 31d'],
  ['2w', 'must be a whole number of days'],
  ['0d', 'must be a whole number of days'],
])('records of requests that are kept for %s are refused', (retention, text) => {
  expect(problemsOf(`${ON}litellm: { spend_logs_retention: ${retention} }`)[0]).toContain(text);
});

test('records of requests are kept for at least as long as any budget runs', () => {
  const kept = (retention: string) =>
    problemsOf(`${ON}litellm: { spend_logs_retention: ${retention} }\npolicies: { ci: { budget_duration: 90d } }`);
  expect(kept('60d')[0]).toContain('shorter than the window of policies.ci, 90d');
  expect(kept('90d')).toEqual([]);
});
