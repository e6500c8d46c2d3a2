import { modelsOutsidePolicies } from '../../../litellm-config/outside-policies';
import { parseSettings } from '../../../settings/load';
import { workspaceParameters } from '../../../workspace/parameters';

const settingsOf = (yaml = '') => parseSettings(`providers: { anthropic: { credentials: variable } }\n${yaml}`);

test('a small model outside the policy of workspaces is named with the model used in its place', () => {
  const settings = settingsOf(`models: { default: claude-sonnet-5-5, small: claude-haiku-4-5 }
policies: { workspace: { models: [claude-sonnet-5-5, claude-opus-5-5, claude-haiku-5-5] } }`);
  expect(modelsOutsidePolicies(settings)).toEqual([
    'models.small: "claude-haiku-4-5" is not in policies.workspace.models; workspaces use claude-haiku-5-5 instead; name one of claude-sonnet-5-5, claude-opus-5-5, claude-haiku-5-5 in models.small, or add it to the policy',
  ]);
});

test("a default model outside a policy is named, for people's own keys too", () => {
  const settings = settingsOf('policies: { user: { models: [claude-haiku-4-5, claude-opus-5-5] } }');
  expect(modelsOutsidePolicies(settings)).toEqual([
    expect.stringContaining(
      `models.default: "claude-sonnet-4-5" is not in policies.user.models; with a person's own key a workspace has to choose another, such as claude-haiku-4-5`,
    ),
  ]);
});

test('nothing is said where workspaces may use both, whatever CI may use', () => {
  expect(modelsOutsidePolicies(settingsOf())).toEqual([]);
  expect(modelsOutsidePolicies(settingsOf('policies: { ci: { models: [claude-opus-5-5] } }'))).toEqual([]);
});

test.each([
  ['the newest of the same family', '[claude-opus-5-5, claude-haiku-4-5, claude-sonnet-5-5]', 'claude-sonnet-5-5'],
  ['else the cheapest', '[claude-opus-4, claude-opus-5-5, claude-haiku-4-5]', 'claude-haiku-4-5'],
])('a form whose default the policy does not allow begins with %s', (_, models, expected) => {
  const form = workspaceParameters(settingsOf(`policies: { workspace: { models: ${models} } }`));
  expect(form.find(({ name }) => name === 'ai_model')?.default).toBe(expected);
});
