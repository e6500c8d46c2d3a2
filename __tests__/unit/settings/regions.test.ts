import { catalog } from '../../../catalog/catalog';
import type { Catalog } from '../../../catalog/model';
import { PROVIDERS } from '../../../catalog/model';
import { parseSettings } from '../../../settings/load';
import { REGION_FORMS } from '../../../settings/region-forms';
import { regionProblems } from '../../../settings/regions';

const settingsOf = (region: string, more: object = {}) =>
  JSON.stringify({
    providers: { anthropic: { credentials: 'variable' }, bedrock: { credentials: 'variable', region } },
    ...more,
  });

/** What is said of a model with this id at Bedrock in this region. */
function inRegion(region: string, id: string): string[] {
  const [model] = catalog;
  const only: Catalog = [
    {
      ...model,
      name: 'the-model',
      lifecycle: { state: 'active' },
      deployments: [{ ...model.deployments[1], model: id }],
    },
  ];
  const settings = parseSettings(settingsOf('us-east-1'));
  settings.providers.bedrock.region = region;
  return regionProblems(settings, only).map(({ path, message }) => `${path}: ${message}`);
}

test.each(['eu-central-1', 'ap-southeast-2', 'us-gov-west-1', 'ca-central-1'])(
  'Bedrock in %s is refused while the catalog’s ids are those of us., with models, ids and the regions that fit',
  (region) => {
    expect(() => parseSettings(settingsOf(region))).toThrow(
      `providers.bedrock.region: found "${region}", where these models do not work: us.anthropic.claude-sonnet-4-5-20250929-v1:0 (bedrock-claude-sonnet)`,
    );
    expect(() => parseSettings(settingsOf(region))).toThrow('their ids work in us-…, such as us-east-1');
  },
);

test('a foreign region is taken where no model is served there', () => {
  const enabled = ['claude-sonnet-4-5', 'claude-haiku-4-5', 'claude-opus-4', 'claude-opus-5-5'];
  const text = (provider_failover: boolean) => settingsOf('eu-central-1', { models: { enabled, provider_failover } });
  expect(() => parseSettings(text(false))).not.toThrow();
  // With fail-over these names are asked for at Bedrock, too.
  expect(() => parseSettings(text(true))).toThrow('us.anthropic.claude-opus-5-5 (claude-opus-5-5)');
});

test.each([
  ['eu-west-3', 'eu.anthropic.claude-x'],
  ['us-west-2', 'us.anthropic.claude-x'],
  ['us-gov-west-1', 'us-gov.anthropic.claude-x'],
  ['ap-south-1', 'apac.anthropic.claude-x'],
  ['ap-southeast-2', 'au.anthropic.claude-x'],
  ['ap-northeast-1', 'jp.anthropic.claude-x'],
  ['sa-east-1', 'global.anthropic.claude-x'],
  ['sa-east-1', 'anthropic.claude-x-v1:0'],
  ['eu-west-1', 'converse/eu.anthropic.claude-x'],
  ['eu-west-1', 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/x'],
])('in %s the id %s works', (region, id) => {
  expect(inRegion(region, id)).toEqual([]);
});

test.each([
  ['us-east-1', 'eu.anthropic.claude-x'],
  ['us-east-1', 'us-gov.anthropic.claude-x'],
  ['us-gov-west-1', 'global.anthropic.claude-x'],
  ['ap-south-1', 'au.anthropic.claude-x'],
  ['ap-southeast-2', 'jp.anthropic.claude-x'],
  ['us-east-1', 'converse/eu.anthropic.claude-x'],
  ['us-east-1', 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/x'],
])('in %s the id %s is refused', (region, id) => {
  expect(inRegion(region, id)).toEqual([expect.stringContaining(`${id} (the-model)`)]);
});

test.each(PROVIDERS.filter((name) => !REGION_FORMS[name]))('a region of %s, which has none, is refused', (name) => {
  const providers = {
    anthropic: { credentials: 'variable' },
    [name]: { credentials: 'variable', region: 'us-east-1' },
  };
  expect(() => parseSettings(JSON.stringify({ providers }))).toThrow(
    `providers.${name}.region: is not a setting; known here: credentials, api_base; only bedrock and vertex_ai have a region: remove it`,
  );
});

test.each([
  ['bedrock', 'us-east-1a'],
  ['bedrock', 'us-east-11x'],
  ['bedrock', 'US East'],
  ['bedrock', 'us-east5'],
  ['vertex_ai', 'us-east-1'],
  ['vertex_ai', 'us-east5-b'],
])('%s in %s, which is no region of it, is refused', (name, region) => {
  const providers = { anthropic: { credentials: 'variable' }, [name]: { credentials: 'variable', region } };
  expect(() => parseSettings(JSON.stringify({ providers }))).toThrow(`providers.${name}.region: found "${region}"`);
});

test.each(['global', 'us-east5', 'europe-west1', 'eu'])('Vertex AI in %s is taken', (region) => {
  const providers = { anthropic: { credentials: 'variable' }, vertex_ai: { credentials: 'variable', region } };
  expect(() => parseSettings(JSON.stringify({ providers }))).not.toThrow();
});
