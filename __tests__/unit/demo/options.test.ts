import { readOptions } from '../../../demo/options';

const options = (...args: string[]) => readOptions(args, {});

test('without options the demo stays in the foreground and tells its story', () => {
  expect(options()).toMatchObject({ detach: false, json: false, keep: false, mock: false });
});

test.each([
  ['an unknown option', ['--deatch'], /unknown option '--deatch'; --help lists the options/],
  [
    'a port that is none',
    ['--gateway-port', '70000'],
    '--gateway-port is "70000"; a port is a whole number from 1 to 65535',
  ],
  ['a port that is a word', ['--provisioner-port', 'http'], '--provisioner-port is "http"'],
  ['a Coder without a token', ['--coder-url', 'https://coder.example.com'], '--coder-url needs --coder-token'],
  ['a token without a Coder', ['--coder-token', 'secret-token'], '--coder-token needs --coder-url'],
  ['a Coder that is no URL', ['--coder-url', 'coder', '--coder-token', 'x'], 'it must begin with http:// or https://'],
])('%s is refused', (_, args, message) => {
  expect(() => options(...args)).toThrow(message);
});

test("Coder's token can come from the environment, where the process list does not show it", () => {
  const { coder } = readOptions(['--coder-url', 'https://coder.example.com'], { CODER_TOKEN: 'from-environment' });
  expect(coder).toEqual({ url: 'https://coder.example.com', token: 'from-environment' });
});
