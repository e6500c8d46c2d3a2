import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { catalog } from '../../../catalog/catalog';
import { deploymentJson, describeDeployment } from '../../../deployment/describe';
import { DeploymentFileError, parseDeployment } from '../../../deployment/read';
import { deploymentSchema } from '../../../deployment/schema';
import { platformSecretRules } from '../../../deployment/secret-rules';
import { parseSettings } from '../../../settings/load';
import { SECRETS } from '../../../settings/secrets';
import { writeDeployment } from '../../../stacks/artifacts';
import { PlatformStack } from '../../../stacks/platform-stack';
import { platformWorkloads } from '../../../workloads/platform';

const settings = parseSettings(`
providers: { anthropic: { credentials: variable }, bedrock: { credentials: variable, region: us-east-1 } }
models: { provider_failover: true }
coder: { server: true }
`);
const described = describeDeployment(settings);

test('synth writes the description, which fits its own schema', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'gateway-deployment-'));
  try {
    const app = new App({ outdir });
    const workloads = platformWorkloads(settings);
    new PlatformStack(app, 'platform', { settings, workloads });
    app.synth();
    writeDeployment(outdir, settings, workloads);
    expect(parseDeployment(readFileSync(join(outdir, 'deployment.json'), 'utf8'))).toEqual(described);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
});

test('the same settings give the same bytes, and reading them back loses nothing', () => {
  const text = deploymentJson(settings);
  expect(deploymentJson(settings)).toBe(text);
  // Strict: a field that the schema does not know would be dropped here.
  expect(deploymentSchema.parse(JSON.parse(text))).toEqual(JSON.parse(text));
});

test('it holds no path of this machine and no file content', () => {
  const text = deploymentJson(settings);
  for (const path of [process.cwd(), homedir()]) expect(text).not.toContain(`"${path}`);
  expect(text).not.toContain('model_list');
});

test('a secret is named with the workloads that receive it, and has no value', () => {
  expect(described.workloads['litellm']?.secrets).toMatchObject({
    litellm_master_key: ['LITELLM_MASTER_KEY'],
    postgres_password: ['DATABASE_URL'],
  });
  expect(described.workloads['litellm']?.environment['DATABASE_URL']?.value).toBe(
    'postgresql://litellm:{postgres_password}@postgres:5432/litellm',
  );
  expect(described.workloads['coder-postgres']?.environment['POSTGRES_PASSWORD']).toEqual({
    value: '{postgres_password for coder database}',
    secrets: ['postgres_password'],
  });
});

test('every price, price band, limit and place of a model is there', () => {
  const haiku = catalog.find(({ name }) => name === 'claude-haiku-5-5');
  expect(described.models['claude-haiku-5-5']?.deployments[0]).toMatchObject({
    prices: haiku?.deployments[0].prices,
    priceBands: [
      { abovePromptTokens: 100_000, input: 0.5, output: 2.5, cacheWrite: 0.625, cacheWrite1h: 1, cacheRead: 0.05 },
    ],
    rates: { webSearch: 10, batch: 0.5 },
  });
  expect(
    described.models['claude-opus-5-5']?.deployments.map(({ provider, model, order, region }) => [
      provider,
      model,
      order,
      region,
    ]),
  ).toEqual([
    ['anthropic', 'claude-opus-5-5', 1, undefined],
    ['bedrock', 'us.anthropic.claude-opus-5-5', 2, 'us-east-1'],
  ]);
});

test('a policy names the models that its keys may ask for, also where the settings say all', () => {
  const open = Object.keys(described.models).filter((name) => name !== 'claude-fable-5-1');
  expect(described.policies.workspace.models).toEqual(open);
  expect(described.policies.person).toEqual({ max_budget: 40, budget_duration: '30d' });
});

test('every precondition that stops the plan is a rule of a secret, and every rule a precondition', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'gateway-deployment-'));
  const app = new App({ outdir });
  new PlatformStack(app, 'platform', { settings });
  app.synth();
  const { output } = JSON.parse(readFileSync(join(outdir, 'stacks/platform/cdk.tf.json'), 'utf8'));
  rmSync(outdir, { recursive: true, force: true });
  const rules = SECRETS.flatMap(({ name }) =>
    (described.secrets[name]?.rules ?? []).filter(({ stack }) => stack === 'platform').map(() => name),
  );
  expect(rules).toEqual(platformSecretRules(settings).map(({ secret }) => secret));
  expect(
    output.gateway_url.precondition.map(
      ({ error_message: message }: { error_message: string }) => message.split(' ')[0],
    ),
  ).toEqual(rules);
  expect(described.secrets['litellm_master_key']?.rules).toContainEqual({
    stack: 'platform',
    rule: 'minimum-length',
    minimumLength: 32,
  });
});

test('another version is refused with what to do, and so is what is no description', () => {
  const newer = JSON.stringify({ ...described, version: 2 });
  expect(() => parseDeployment(newer, 'base')).toThrow(DeploymentFileError);
  expect(() => parseDeployment(newer, 'base')).toThrow(/base has version 2; this checkout reads version 1: write/);
  expect(() => parseDeployment('{}')).toThrow(/has no version/);
  expect(() => parseDeployment('{', 'base')).toThrow(/base is not valid JSON/);
  expect(() => parseDeployment('{"version":1}')).toThrow(/not a description of a deployment: product/);
});

test('a field that a later checkout added stays when an earlier one reads the file', () => {
  expect(parseDeployment(JSON.stringify({ ...described, added: 1 }))).toMatchObject({ added: 1 });
});
