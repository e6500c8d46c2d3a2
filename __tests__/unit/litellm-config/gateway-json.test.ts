import { gatewayConfigurationSchema } from '../../../images/key-provisioner/src/configuration';
import { gatewayConfiguration, gatewayConfigurationJson } from '../../../litellm-config/gateway-json';
import { parseSettings } from '../../../settings/load';

const settings = parseSettings(
  'providers: { anthropic: { credentials: variable } }\nworkspace: { roo_extension: zoo-code }',
);

test('the key-provisioner accepts what synth writes', () => {
  expect(gatewayConfigurationSchema.parse(JSON.parse(gatewayConfigurationJson(settings)))).toEqual(
    gatewayConfiguration(settings),
  );
});

test('policies name their models one by one, so that no key is ever open to all', () => {
  const { policies, models } = gatewayConfiguration(settings);
  const open = models.map(({ name }) => name).filter((name) => name !== 'claude-fable-5-1');
  expect(policies.workspace.models).toEqual(open);
  expect(policies.ci.models).toEqual(['claude-haiku-4-5']);
});

test('agents are told the limits that every deployment of a name can meet', () => {
  expect(gatewayConfiguration(settings).models.find(({ name }) => name === 'claude-sonnet-4-5')).toMatchObject({
    context: 200_000,
    output: 64_000,
  });
});

test('the extension that reads the Roo settings is a setting', () => {
  expect(gatewayConfiguration(settings).agents).toContain('zoo-code');
});
