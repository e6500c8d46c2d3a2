import { requestRulesJson } from '../../../litellm-config/request-rules';
import { parseSettings } from '../../../settings/load';

const PROVIDER = 'providers: {anthropic: {credentials: variable}}\n';

const allowed = (policies: string) => {
  const { allow, allow_otherwise } = JSON.parse(requestRulesJson(parseSettings(PROVIDER + policies)));
  return { allow, allow_otherwise };
};

test('web search is allowed by default, what multiplies a price is not', () => {
  const search = ['web-search'];
  expect(allowed('')).toEqual({
    allow: { workspace: search, user: search, ci: search, 'agent:review': search, 'agent:write': search },
    allow_otherwise: search,
  });
});

test('a policy allows what it names, and a key of no policy what all of them name', () => {
  const { allow, allow_otherwise } = allowed(
    'policies: {workspace: {allow: [fast-mode, us-inference]}, user: {allow: [web-search, fast-mode]}}',
  );
  expect(allow).toMatchObject({ workspace: ['fast-mode', 'us-inference'], user: ['web-search', 'fast-mode'] });
  expect(allow_otherwise).toEqual([]);
});

test('an extra that does not exist is refused with those that do', () => {
  expect(() => allowed('policies: {ci: {allow: [batches]}}')).toThrow(/policies\.ci\.allow.*web-search/s);
});
