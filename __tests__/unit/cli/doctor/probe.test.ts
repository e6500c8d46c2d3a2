import { type Probe, withProvidersWords } from '../../../../cli/doctor/probe';

const cooldown: Probe = {
  provider: 'anthropic',
  model: 'claude-haiku-4-5',
  status: 429,
  type: 'all_deployments_in_cooldown',
  message: 'No deployments available for selected model, Try again in 5 seconds.',
};
const REFUSED = 'litellm.AuthenticationError: AnthropicException - {"message":"invalid x-api-key"}';
const LOG = [
  `12:00:01 - ERROR: Exception occured - ${REFUSED.replace('invalid x-api-key', 'an older one')}`,
  `12:00:02 - ERROR: Exception occured - ${REFUSED}`,
  '12:00:03 - ERROR: Exception occured - litellm.Timeout: BedrockException - timed out',
  'litellm.proxy started',
].join('\n');

test('a cooldown is explained by what its own provider said last', () => {
  expect(withProvidersWords(cooldown, LOG)).toEqual({ ...cooldown, message: `in cooldown after ${REFUSED}` });
});

test('a cooldown of which the log knows nothing stays as LiteLLM said it', () => {
  expect(withProvidersWords({ ...cooldown, provider: 'vertex_ai' }, LOG)).toEqual({
    ...cooldown,
    provider: 'vertex_ai',
  });
});

test('an answer of the provider itself needs no log', () => {
  const answer = { ...cooldown, type: '', message: 'its own words' };
  expect(withProvidersWords(answer, LOG)).toBe(answer);
});
