import { parametersFile } from '../../../constructs/terraform/parameters-file';
import { type SettingsInput, settingsSchema } from '../../../settings/schema';
import { assistants, PARAMETER_NAMES, workspaceParameters } from '../../../workspace/parameters';

const settingsOf = (input: SettingsInput = {}) =>
  settingsSchema.parse({ providers: { anthropic: { credentials: 'variable' } }, ...input });
const parameter = (name: string, input: SettingsInput = {}) =>
  workspaceParameters(settingsOf(input)).find((candidate) => candidate.name === name);
const values = (name: string, input: SettingsInput = {}) => parameter(name, input)?.options?.map(({ value }) => value);

test('the form asks what the template uses', () => {
  expect(workspaceParameters(settingsOf()).map(({ name }) => name)).toEqual([...PARAMETER_NAMES]);
});

test('the assistants are those the image holds', () => {
  expect(values('ai_assistant')).toEqual(['both', 'roo-code', 'opencode', 'claude-code', 'none']);
  expect(values('ai_assistant', { workspace: { agents: ['opencode', 'aider'] } })).toEqual([
    'opencode',
    'aider',
    'none',
  ]);
  expect(parameter('ai_assistant', { workspace: { agents: ['opencode'] } })?.default).toBe('opencode');
});

test('Zoo Code takes Roo Code’s place where the settings say so', () => {
  const settings = settingsOf({ workspace: { roo_extension: 'zoo-code' } });
  const agentsOf = (value: string) => assistants(settings).find(({ option }) => option.value === value)?.agents;
  expect(agentsOf('both')).toEqual(['zoo-code', 'opencode']);
  expect(agentsOf('roo-code')).toEqual(['zoo-code']);
  expect(agentsOf('none')).toEqual([]);
});

test('the models are those a workspace’s key may ask for', () => {
  const policies = { workspace: { models: ['claude-haiku-4-5' as const] } };
  expect(values('ai_model', { policies } as SettingsInput)).toEqual(['claude-haiku-4-5']);
  expect(parameter('ai_model', { policies } as SettingsInput)?.default).toBe('claude-haiku-4-5');
  expect(parameter('ai_model')?.default).toBe('claude-sonnet-4-5');
  expect(values('ai_model')).not.toContain('bedrock-claude-sonnet');
});

test('a deployment that serves no model for workspaces is refused', () => {
  expect(() => workspaceParameters(settingsSchema.parse({}))).toThrow(
    'policies.workspace.models: "all" leaves no model for workspaces',
  );
});

test('a default is always one of the options', () => {
  for (const { name, options, default: value } of workspaceParameters(settingsOf()))
    if (options) expect([name, options.map((option) => option.value)]).toEqual([name, expect.arrayContaining([value])]);
});

test('text in params.tf stays text', () => {
  const file = parametersFile([
    {
      name: 'x',
      displayName: 'a "quoted" ${path.root} %{ if true }',
      description: 'line\nbreak \\ backslash',
      type: 'string',
      mutable: true,
      icon: '/i.svg',
    },
  ]);
  expect(file).toContain('"a \\"quoted\\" $${path.root} %%{ if true }"');
  expect(file).toContain('"line\\nbreak \\\\ backslash"');
  expect(file).not.toContain('default');
});
