import { readError } from '../../../images/key-provisioner/src/litellm/schema';
import { scrub } from '../../../images/key-provisioner/src/upstream/scrub';

test.each([
  [
    { error: { message: 'no', type: 't', param: 'key_alias', code: '400' } },
    { message: 'no', type: 't', param: 'key_alias' },
  ],
  [
    { error: { message: "{'error': 'No keys found'}", type: 'internal_server_error', param: null } },
    { message: "{'error': 'No keys found'}" },
  ],
  [
    { detail: 'Virtual key is not allowed to call this route.' },
    { message: 'Virtual key is not allowed to call this route.' },
  ],
  [
    { detail: [{ type: 'json_invalid', loc: ['body'], msg: 'bad' }] },
    { message: expect.stringContaining('json_invalid') },
  ],
  ['<html>Bad gateway</html>', { message: '<html>Bad gateway</html>' }],
])('every shape of an error of LiteLLM is read (%#)', (body, expected) => {
  expect(readError(body)).toMatchObject(expected);
});

test('keys and credentials are removed from what goes to the log', () => {
  const text = scrub('failed for sk-abcDEF123_-456 with Bearer tok.en and sk-1');
  expect(text).not.toMatch(/abcDEF|tok\.en/);
});
