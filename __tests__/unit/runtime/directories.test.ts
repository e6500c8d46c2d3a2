import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory, registryDirectory } from '../../../runtime/installation/directories';

const REPOSITORY = join(__dirname, '../../..');

test('every checkout finds one installation in the user’s cache directory', () => {
  expect(cacheDirectory({})).toBe(join(homedir(), '.cache/coder-ai-gateway'));
  expect(cacheDirectory({ XDG_CACHE_HOME: '/var/cache/ada' })).toBe('/var/cache/ada/coder-ai-gateway');
});

test('the demos of a checkout are its own', () => {
  expect(registryDirectory({ XDG_CACHE_HOME: '/var/cache/ada' })).toBe(join(REPOSITORY, '.cache'));
});

test('GATEWAY_CACHE_DIR names one place for both', () => {
  const env = { GATEWAY_CACHE_DIR: '/srv/gateway', XDG_CACHE_HOME: '/var/cache/ada' };
  expect([cacheDirectory(env), registryDirectory(env)]).toEqual(['/srv/gateway', '/srv/gateway']);
});
