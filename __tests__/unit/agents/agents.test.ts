import { parse } from 'yaml';
import { renderAgentFiles } from '../../../images/key-provisioner/src/agents';
import { AGENTS, type Agent } from '../../../images/key-provisioner/src/configuration';
import { configurationFileSchema } from '../../../images/key-provisioner/src/contract';
import { contextOf, KEY } from './context';

const render = (agents: readonly Agent[], context = contextOf()) => renderAgentFiles(agents, context);

function content(agent: Agent, path: string, context = contextOf()): string {
  const file = render([agent], context).files.find((candidate) => candidate.path === path);
  if (!file) throw new Error(`${agent} has no ${path}`);
  return file.content;
}

const json = (agent: Agent, path: string, context = contextOf()) => JSON.parse(content(agent, path, context));

test('every file is what the contract says and only its owner may read it', () => {
  for (const file of render(AGENTS).files) {
    expect(configurationFileSchema.safeParse(file).success).toBe(true);
    expect(file.mode).toBe('0600');
  }
});

test('no path is written twice, also where two agents read the same file', () => {
  const paths = render(AGENTS).files.map((file) => file.path);
  expect(new Set(paths).size).toBe(paths.length);
});

test('the environment never holds the key', () => {
  expect(JSON.stringify(render(AGENTS).environment)).not.toContain(KEY);
});

test('without an agent there are still the key and the list of models for ai-usage and ai-models', () => {
  const { files, environment } = render([]);
  expect(files.map((file) => file.path)).toEqual([
    '/home/coder/.config/litellm/key',
    '/home/coder/.config/ai-gateway/models.json',
  ]);
  expect(environment).toMatchObject({
    AI_GATEWAY_URL: 'http://litellm:4000',
    AI_PROVISIONER_URL: 'http://key-provisioner:8100',
    AI_MODEL: 'claude-sonnet-4-5',
  });
});

test('no agent knows a model that the key may not use', () => {
  const context = contextOf();
  const small = contextOf('claude-haiku-4-5', { models: [context.smallModel] });
  for (const file of render(AGENTS, small).files) expect(file.content).not.toMatch(/claude-(sonnet|opus)/);
});

test('no agent asks for more output than the chosen model gives', () => {
  const context = contextOf();
  const short = { ...context.model, output: 4096 };
  const files = render(AGENTS, { ...context, model: short, smallModel: short, models: [short] }).files;
  const asked = files.flatMap((file) =>
    [...file.content.matchAll(/(?:max_?tokens|MAX_OUTPUT_TOKENS|"output")"?: "?(\d{4,})/gi)].map(
      ([, tokens]) => tokens,
    ),
  );
  expect(new Set(asked)).toEqual(new Set(['4096']));
});

describe('OpenCode', () => {
  test('pins address, key and providers in its managed file', () => {
    const managed = json('opencode', '/etc/opencode/opencode.json');
    expect(managed).toMatchObject({ enabled_providers: ['litellm'], autoupdate: false, share: 'disabled' });
    expect(managed.provider.litellm.options).toMatchObject({
      baseURL: 'http://litellm:4000/v1',
      apiKey: '{file:/home/coder/.config/litellm/key}',
    });
  });

  test('holds no key, only the name of the file that does', () => {
    for (const file of render(['opencode']).files)
      if (file.path.includes('opencode')) expect(file.content).not.toContain(KEY);
  });

  test('declares the small model too and gives every model a limit', () => {
    const { models } = json('opencode', '/etc/opencode/opencode.json').provider.litellm;
    expect(models['claude-haiku-4-5'].limit).toEqual({ context: 200_000, output: 32_000 });
    expect(Object.keys(models)).toHaveLength(3);
  });

  test('leaves the choice of the model to the file of the person', () => {
    expect(json('opencode', '/etc/opencode/opencode.json')).not.toHaveProperty('model');
    expect(json('opencode', '/home/coder/.config/opencode/opencode.json')).toMatchObject({
      model: 'litellm/claude-sonnet-4-5',
      small_model: 'litellm/claude-haiku-4-5',
    });
  });

  test('does not read the configuration of a repository', () => {
    expect(render(['opencode']).environment).toMatchObject({ OPENCODE_DISABLE_PROJECT_CONFIG: '1' });
  });
});

describe('Claude Code', () => {
  const managed = (context = contextOf()) => json('claude-code', '/etc/claude-code/managed-settings.json', context);

  test('keeps a repository from redirecting requests, running hooks or naming its own key helper', () => {
    expect(managed()).toMatchObject({
      allowManagedHooksOnly: true,
      apiKeyHelper: "cat '/home/coder/.config/litellm/key'",
      env: { ANTHROPIC_BASE_URL: 'http://litellm:4000' },
    });
  });

  test('speaks to the gateway past any proxy, and to no other provider', () => {
    const { env } = managed();
    expect(env).toMatchObject({ NO_PROXY: 'litellm,localhost,127.0.0.1', CLAUDE_CODE_USE_BEDROCK: '' });
  });

  test('is in its gateway mode where the gateway is on loopback or has TLS, and nowhere else', () => {
    const mode = (gatewayUrl?: string, listenerPort?: number) => {
      const context = contextOf(undefined, { listenerPort });
      const configuration = { ...context.configuration, ...(gatewayUrl ? { gateway_url: gatewayUrl } : {}) };
      const { CLAUDE_CODE_USE_GATEWAY, ANTHROPIC_BASE_URL } = managed({ ...context, configuration }).env;
      return [CLAUDE_CODE_USE_GATEWAY, ANTHROPIC_BASE_URL];
    };
    expect(mode()).toEqual(['', 'http://litellm:4000']);
    expect(mode(undefined, 14000)).toEqual(['1', 'http://127.0.0.1:14000']);
    expect(mode('http://127.0.0.1:4321')).toEqual(['1', 'http://127.0.0.1:4321']);
    expect(mode('https://ai.example.com', 14000)).toEqual(['1', 'https://ai.example.com']);
  });

  test('leaves experimental betas out where a model may be answered by Bedrock, and nowhere else', () => {
    const named = 'CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS';
    const { configuration, models } = contextOf();
    expect(managed().env).not.toHaveProperty(named);
    const onBedrock = configuration.models.find((model) => model.experimental_betas === false)!;
    expect(managed(contextOf(undefined, { models: [...models, onBedrock] })).env).toHaveProperty(named, '1');
  });

  test('gives up after two retries', () => {
    expect(managed().env.CLAUDE_CODE_MAX_RETRIES).toBe('2');
  });

  test('never chooses a model that the key may not use', () => {
    const context = contextOf('claude-haiku-4-5', { models: [contextOf().smallModel] });
    const names = Object.entries(managed(context).env).filter(([name]) => name.endsWith('_MODEL'));
    expect(names).toHaveLength(4);
    for (const [, model] of names) expect(model).toBe('claude-haiku-4-5');
  });

  test('takes for its aliases the newest models in service that the key may use, not the chosen or a retired one', () => {
    const { models } = contextOf().configuration;
    expect(managed(contextOf('claude-sonnet-4-5', { models })).env).toMatchObject({
      ANTHROPIC_MODEL: 'claude-sonnet-4-5',
      ANTHROPIC_DEFAULT_SONNET_MODEL: 'claude-sonnet-5-5',
      ANTHROPIC_DEFAULT_OPUS_MODEL: 'claude-opus-5-5',
      ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-haiku-5-5',
    });
  });

  test('takes the chosen model for an alias whose family the key lacks', () => {
    const context = contextOf('claude-sonnet-4-5', { models: [contextOf().model] });
    expect(managed(context).env).toMatchObject({ ANTHROPIC_DEFAULT_OPUS_MODEL: 'claude-sonnet-4-5' });
  });

  test('quotes a home directory with a quote in it', () => {
    expect(managed(contextOf(undefined, { home: "/home/o'neil" })).apiKeyHelper).toBe(
      "cat '/home/o'\\''neil/.config/litellm/key'",
    );
  });
});

test('Codex speaks the responses protocol and takes the key from the file', () => {
  const file = content('codex', '/etc/codex/managed_config.toml');
  expect(file).toContain('wire_api = "responses"');
  expect(file).toContain('base_url = "http://litellm:4000/v1"');
  expect(file).toContain('args = ["/home/coder/.config/litellm/key"]');
  expect(file).not.toContain(KEY);
});

test('Kilo Code pins address, key and provider like OpenCode, in its own managed file', () => {
  const managed = json('kilo-code', '/etc/kilo/kilo.json');
  expect(managed).toMatchObject({ enabled_providers: ['litellm'], autoupdate: false, share: 'disabled' });
  expect(managed.provider).toEqual(json('opencode', '/etc/opencode/opencode.json').provider);
  expect(json('kilo-code', '/home/coder/.config/kilo/kilo.json').model).toBe('litellm/claude-sonnet-4-5');
  expect(render(['kilo-code']).environment).toMatchObject({
    KILO_DISABLE_PROJECT_CONFIG: '1',
    KILO_TELEMETRY_LEVEL: 'off',
    KILO_DISABLE_AUTOUPDATE: '1',
  });
});

describe('Cline', () => {
  const settings = (context = contextOf()) => {
    const { lastUsedProvider, providers } = json('cline', '/home/coder/.config/cline/providers.json', context);
    expect(Object.keys(providers)).toEqual([lastUsedProvider]);
    return providers[lastUsedProvider].settings;
  };

  test('speaks Anthropic’s protocol with a Claude model, where its prompts are cached, and OpenAI’s with any other', () => {
    expect(settings()).toMatchObject({
      provider: 'anthropic',
      baseUrl: 'http://litellm:4000/v1',
      contextWindow: 200_000,
    });
    const { family: _, ...model } = contextOf().model;
    const other = contextOf(undefined, { model: { ...model, name: 'nova-pro' } });
    expect(settings(other)).toMatchObject({ provider: 'openai-compatible', model: 'nova-pro' });
  });

  test('is told by the environment where its files are, and leaves no process behind', () => {
    const { environment } = render(['cline']);
    expect(environment).toMatchObject({ CLINE_SESSION_BACKEND_MODE: 'local', CLINE_NO_AUTO_UPDATE: '1' });
    const globals = JSON.parse(content('cline', environment.CLINE_GLOBAL_SETTINGS_PATH!));
    expect(globals).toMatchObject({ telemetryOptOut: true, autoUpdateEnabled: false });
    expect(content('cline', environment.CLINE_PROVIDER_SETTINGS_PATH!)).toContain(KEY);
  });
});

test('GitHub Copilot CLI is offline, takes the key from a command, and knows how long a prompt may be', () => {
  expect(render(['copilot'], contextOf(undefined, { home: "/home/o'neil" })).environment).toMatchObject({
    COPILOT_OFFLINE: 'true',
    COPILOT_PROVIDER_TYPE: 'anthropic',
    COPILOT_PROVIDER_BASE_URL: 'http://litellm:4000',
    COPILOT_PROVIDER_API_KEY_COMMAND: "cat '/home/o'\\''neil/.config/litellm/key'",
    COPILOT_PROVIDER_MAX_PROMPT_TOKENS: '168000',
    COPILOT_PROVIDER_MAX_OUTPUT_TOKENS: '32000',
  });
});

test('Continue lists the chosen model first', () => {
  const { models } = parse(content('continue', '/home/coder/.continue/config.yaml', contextOf('claude-opus-4')));
  expect(models.map((model: { model: string }) => model.model)).toEqual([
    'claude-opus-4',
    'claude-sonnet-4-5',
    'claude-haiku-4-5',
  ]);
});

test('aider gets address and key as parameters of each model, where no environment variable reaches', () => {
  const models = parse(content('aider', '/home/coder/.config/aider/models.yml'));
  for (const model of models)
    expect(model.extra_params).toMatchObject({ api_base: 'http://litellm:4000/v1', api_key: KEY });
});

test('aider knows limits and prices of each model, and so fetches no list of them', () => {
  expect(json('aider', '/home/coder/.config/aider/metadata.json')).toMatchObject({
    'openai/claude-sonnet-4-5': {
      max_input_tokens: 200_000,
      input_cost_per_token: 3e-6,
      output_cost_per_token: 1.5e-5,
    },
    'openai/claude-haiku-4-5': { input_cost_per_token: 1e-6 },
  });
});
