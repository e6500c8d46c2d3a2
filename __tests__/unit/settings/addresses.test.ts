import { catalog } from '../../../catalog/catalog';
import { checkCatalog } from '../../../catalog/check';
import { parseSettings } from '../../../settings/load';

const settings = (changes: object) =>
  JSON.stringify({ providers: { anthropic: { credentials: 'variable' } }, ...changes });
const anthropic = (api_base: string) => settings({ providers: { anthropic: { credentials: 'variable', api_base } } });

/** The message a text is refused with; fails where it is taken. */
function refusal(text: string): string {
  try {
    parseSettings(text);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('was not refused');
}

test.each([
  [
    'a password in api_base',
    anthropic('https://gateway:hunter2-secret@egress.example.com'),
    'providers.anthropic.api_base',
  ],
  ['a token as user name', anthropic('https://hunter2-secret@egress.example.com/v1'), 'providers.anthropic.api_base'],
  [
    'a password with a slash',
    anthropic('https://a:hunter2/x-secret@egress.example.com'),
    'providers.anthropic.api_base',
  ],
  [
    'a key in the query',
    anthropic('https://egress.example.com/?api_key=hunter2-secret'),
    'providers.anthropic.api_base',
  ],
  [
    'a token after a #',
    anthropic('https://egress.example.com/#access_token=hunter2-secret'),
    'providers.anthropic.api_base',
  ],
  [
    'a token in the query',
    anthropic('https://egress.example.com/?a=1&access_token=hunter2-secret'),
    'providers.anthropic.api_base',
  ],
  [
    "a provider's key in the path",
    anthropic('https://egress.example.com/sk-ant-hunter2-secret'),
    'providers.anthropic.api_base',
  ],
  [
    'a password in coder.url',
    settings({ coder: { url: 'https://admin:hunter2-secret@coder.example.com' } }),
    'coder.url',
  ],
  [
    'a password in docker.host',
    settings({ docker: { host: 'ssh://root:hunter2-secret@docker.example.com' } }),
    'docker.host',
  ],
  [
    'a password in another scheme',
    anthropic('ftp://a:hunter2-secret@egress.example.com'),
    'providers.anthropic.api_base',
  ],
  [
    'a password before a registry',
    settings({ images: { litellm: 'a:hunter2-secret@registry.example.com/x:1.2.3' } }),
    'images.litellm',
  ],
  ['a password and a template mark', anthropic('https://a:hunter2-secret@${host}'), 'providers.anthropic.api_base'],
])('%s is refused, and the message does not hold it', (_, text, path) => {
  const message = refusal(text);
  expect(message).toContain(`${path}: found "`);
  expect(message).not.toContain('hunter2');
});

test.each([
  ['a base URL with a port and a path', anthropic('https://egress.example.com:8443/anthropic')],
  ['a query that is no secret', anthropic('https://egress.example.com/?region=eu')],
  ['the user of a remote daemon', settings({ docker: { host: 'ssh://root@docker.example.com' } })],
  ["a company's proxy over http", anthropic('http://egress.internal:3128')],
])('%s is taken', (_, text) => {
  expect(() => parseSettings(text)).not.toThrow();
});

test('a credential in the catalog’s apiBase is refused without being shown', () => {
  const [model] = catalog;
  const deployment = { ...model.deployments[0], apiBase: 'https://a:hunter2-secret@vllm.example.com' };
  const check = () => checkCatalog([{ ...model, lifecycle: { state: 'active' }, deployments: [deployment] }]);
  expect(check).toThrow('has the apiBase https://***@vllm.example.com, which holds a credential');
});

test('a public provider is not asked over http, where its key could be read', () => {
  expect(refusal(anthropic('http://api.anthropic.com'))).toContain('write https');
});

test.each([
  'http://localhost:7080',
  'https://localhost',
  'http://LOCALHOST.:7080',
  'http://coder.localhost',
  'http://127.0.0.1:7080',
  'http://127.1',
  'http://2130706433',
  'http://[::1]:7080',
  'http://[::ffff:127.0.0.1]:7080',
  'http://0.0.0.0:7080',
])('coder.url %s is refused, since a container would ask itself', (url) => {
  expect(refusal(settings({ coder: { url } }))).toContain('runs in a container, where that is the container itself');
  expect(refusal(settings({ coder: { url, server: true } }))).toContain('or leave it out');
});

test.each([
  'http://host.docker.internal:7080',
  'http://192.0.2.10:7080',
  'https://localhost.example.com',
  'https://10.127.0.1',
])('coder.url %s is taken', (url) => {
  expect(() => parseSettings(settings({ coder: { url } }))).not.toThrow();
});

test('a provider on localhost is refused for containers and taken for the processes of the demo', () => {
  const text = anthropic('http://127.0.0.1:4100');
  expect(refusal(text)).toContain('providers.anthropic.api_base: found "http://127.0.0.1:4100", but LiteLLM');
  expect(() => parseSettings(text, 'gateway.yaml', { localProcesses: true })).not.toThrow();
});
