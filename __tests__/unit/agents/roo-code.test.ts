import { z } from 'zod';
import { type AgentContext, renderAgentFiles } from '../../../images/key-provisioner/src/agents';
import { catalog } from '../../../litellm-config/catalog';
import { gatewayConfiguration } from '../../../litellm-config/gateway-json';
import { PROVIDERS } from '../../../litellm-config/model';
import { parseSettings } from '../../../settings/load';
import { contextOf, KEY } from './context';

/** What Roo Code 3.54 and Zoo Code take; a stricter reading than theirs, which strips or skips what it does not know. */
const modelInfo = z.strictObject({
  contextWindow: z.number(),
  supportsPromptCache: z.boolean(),
  maxTokens: z.number().optional(),
  supportsImages: z.boolean().optional(),
  inputPrice: z.number().optional(),
  outputPrice: z.number().optional(),
  cacheWritesPrice: z.number().optional(),
  cacheReadsPrice: z.number().optional(),
});
const profile = z.strictObject({
  id: z.string(),
  apiProvider: z.literal('openai'),
  openAiBaseUrl: z.string().regex(/\/v1$/),
  openAiApiKey: z.string().min(1),
  openAiModelId: z.string(),
  openAiStreamingEnabled: z.boolean().optional(),
  includeMaxTokens: z.boolean().optional(),
  openAiCustomModelInfo: modelInfo,
});
const settings = z.strictObject({
  providerProfiles: z.strictObject({
    currentApiConfigName: z.string(),
    apiConfigs: z.record(z.string(), profile),
    modeApiConfigs: z.record(z.enum(['architect', 'code', 'ask', 'debug', 'orchestrator']), z.string()),
  }),
  globalSettings: z.strictObject({
    telemetrySetting: z.enum(['unset', 'enabled', 'disabled']),
    autoApprovalEnabled: z.boolean(),
    alwaysAllowReadOnly: z.boolean(),
    alwaysAllowWrite: z.boolean(),
    alwaysAllowExecute: z.boolean(),
    allowedCommands: z.array(z.string()),
    deniedCommands: z.array(z.string()),
    dismissedUpsells: z.array(z.string()),
  }),
});

function imported(model = 'claude-sonnet-4-5', extra: Partial<AgentContext> = {}) {
  const { files } = renderAgentFiles(['roo-code'], contextOf(model, extra));
  const file = files.find(({ path }) => path === '/home/coder/.config/roo-code/settings.json')!;
  return settings.parse(JSON.parse(file.content));
}

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
    PROVIDERS.map((name) => [name, { credentials: 'variable', region: 'us-east-1' }]),
  );
  const { models } = gatewayConfiguration(parseSettings(JSON.stringify({ providers }), 'the settings of this test'));
  const { apiConfigs } = imported('claude-sonnet-4-5', { models }).providerProfiles;
  const names = Object.values(apiConfigs).map(({ openAiModelId }) => openAiModelId);
  expect(names.sort()).toEqual(catalog.map(({ name }) => name).sort());
  for (const name of names) expect(name).not.toMatch(/o[134]/);
});

test('nothing is written or run without a question, and nothing is reported home', () => {
  expect(imported().globalSettings).toMatchObject({
    alwaysAllowWrite: false,
    alwaysAllowExecute: false,
    telemetrySetting: 'disabled',
  });
});
