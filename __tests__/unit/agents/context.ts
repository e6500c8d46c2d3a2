import type { AgentContext } from '../../../images/key-provisioner/src/agents';
import { gatewayConfiguration } from '../../../litellm-config/gateway-json';
import { parseSettings } from '../../../settings/load';

const settings = parseSettings(
  JSON.stringify({
    providers: { anthropic: { credentials: 'variable' }, bedrock: { credentials: 'variable', region: 'us-east-1' } },
  }),
  'the settings of this test',
);
const configuration = gatewayConfiguration(settings);
const named = (name: string) => configuration.models.find((model) => model.name === name)!;

export const KEY = 'sk-the-key-of-these-tests';

/** A workspace that chose `model` and may use the first three names of the catalog. */
export const contextOf = (model = 'claude-sonnet-4-5', extra: Partial<AgentContext> = {}): AgentContext => ({
  configuration,
  model: named(model),
  smallModel: named('claude-haiku-4-5'),
  models: ['claude-sonnet-4-5', 'claude-haiku-4-5', 'claude-opus-4'].map(named),
  key: KEY,
  home: '/home/coder',
  ...extra,
});
