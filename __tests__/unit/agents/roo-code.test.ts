import {
  discriminatedProviderSettingsWithIdSchema,
  globalSettingsSchema,
  modelInfoSchema,
  type ProviderSettingsWithId,
  providerSettingsWithIdSchema,
} from '@roo-code/types';
import { catalog } from '../../../catalog/catalog';
import { PROVIDERS } from '../../../catalog/model';
import { type AgentContext, renderAgentFiles } from '../../../images/key-provisioner/src/agents';
import { gatewayConfiguration } from '../../../litellm-config/gateway-json';
import { parseSettings } from '../../../settings/load';
import { REGION_FORMS } from '../../../settings/region-forms';
import { contextOf, KEY } from './context';

/** Top level of the file; the package of the extension's types has no schema of it. */
interface Imported {
  readonly providerProfiles: {
    readonly currentApiConfigName: string;
    readonly apiConfigs: Record<string, ProviderSettingsWithId>;
    readonly modeApiConfigs: Record<string, string>;
  };
  readonly globalSettings: Record<string, unknown>;
}

function imported(model = 'claude-sonnet-4-5', extra: Partial<AgentContext> = {}) {
  const { files } = renderAgentFiles(['roo-code'], contextOf(model, extra));
  const file = files.find(({ path }) => path === '/home/coder/.config/roo-code/settings.json')!;
  return JSON.parse(file.content) as Imported;
}

/** The extension silently skips what it does not know; strict schemas do not. */
test('the extension’s own schemas accept every field of the file', () => {
  const { providerProfiles, globalSettings, ...rest } = imported();
  expect(rest).toEqual({});
  expect(Object.keys(providerProfiles).sort()).toEqual(['apiConfigs', 'currentApiConfigName', 'modeApiConfigs']);
  expect(globalSettingsSchema.strict().parse(globalSettings)).toEqual(globalSettings);
  const profiles = Object.values(providerProfiles.apiConfigs);
  expect(profiles).toHaveLength(3);
  for (const profile of profiles) {
    expect(providerSettingsWithIdSchema.strict().parse(profile)).toEqual(profile);
    expect(discriminatedProviderSettingsWithIdSchema.parse(profile)).toEqual(profile);
    expect(modelInfoSchema.strict().parse(profile.openAiCustomModelInfo)).toEqual(profile.openAiCustomModelInfo);
  }
});

test('the file is what the extension imports', () => {
  expect(imported().providerProfiles.apiConfigs['gateway']).toEqual({
    id: 'gateway-default',
    apiProvider: 'openai',
    openAiBaseUrl: 'http://litellm:4000/v1',
    openAiApiKey: KEY,
    openAiModelId: 'claude-sonnet-4-5',
    openAiStreamingEnabled: true,
    includeMaxTokens: true,
    openAiCustomModelInfo: {
      contextWindow: 200_000,
      maxTokens: 32_000,
      supportsImages: true,
      supportsPromptCache: true,
      inputPrice: 3,
      outputPrice: 15,
      cacheWritesPrice: 3.75,
      cacheReadsPrice: 0.3,
    },
  });
});

test('the profile in use and that of every mode exist', () => {
  const { currentApiConfigName, apiConfigs, modeApiConfigs } = imported().providerProfiles;
  expect(apiConfigs).toHaveProperty(currentApiConfigName);
  const ids = Object.values(apiConfigs).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of Object.values(modeApiConfigs)) expect(ids).toContain(id);
});

test('the chosen model is the profile in use, and the others can be picked', () => {
  const { apiConfigs } = imported('claude-opus-4').providerProfiles;
  expect(apiConfigs['gateway']?.openAiModelId).toBe('claude-opus-4');
  expect(Object.keys(apiConfigs)).toEqual(['gateway', 'gateway claude-sonnet-4-5', 'gateway claude-haiku-4-5']);
});

test('every model of the catalog makes a profile, and none has a name that the extension takes for the o-series', () => {
  const providers = Object.fromEntries(
    PROVIDERS.map((name) => [name, { credentials: 'variable', region: REGION_FORMS[name]?.example }]),
  );
  const { models } = gatewayConfiguration(parseSettings(JSON.stringify({ providers }), 'the settings of this test'));
  const { apiConfigs } = imported('claude-sonnet-4-5', { models }).providerProfiles;
  const names = Object.values(apiConfigs).map(({ openAiModelId }) => openAiModelId);
  expect(names.sort()).toEqual(catalog.map(({ name }) => name).sort());
  for (const name of names) expect(name).not.toMatch(/o[134]/);
});

test('nothing is written or run without asking, and there is no telemetry', () => {
  expect(imported().globalSettings).toMatchObject({
    alwaysAllowWrite: false,
    alwaysAllowExecute: false,
    telemetrySetting: 'disabled',
  });
});
