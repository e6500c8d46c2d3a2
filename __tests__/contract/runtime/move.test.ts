import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from '../../../runtime/installation/directories';
import { LITELLM_VERSION } from '../../../runtime/versions';

const root = join(__dirname, '../../..');

/** A checkout that may be changed, with this one's packages and installed LiteLLM. */
let copy: string;
beforeAll(() => {
  copy = join(mkdtempSync(join(tmpdir(), 'gateway-move-')), 'coder-ai-gateway');
  mkdirSync(copy);
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  const archive = { maxBuffer: 64 * 1024 * 1024 };
  const tar = execFileSync('tar', ['-c', '--null', '-T', '-'], { cwd: root, input: files, ...archive });
  execFileSync('tar', ['-x'], { cwd: copy, input: tar });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], { cwd: copy });
  git('init', '-q');
  writeFileSync(join(copy, '.git/info/exclude'), 'node_modules\n');
  git('add', '-A');
  git('commit', '-qm', 'Everything');
});
afterAll(() => rmSync(join(copy, '..'), { recursive: true, force: true }));

const changes = () => execFileSync('git', ['status', '--porcelain'], { cwd: copy, encoding: 'utf8' });
/** Its packages are this checkout's, and are not to be installed again. */
const KEPT = '--old-file=node_modules/.package-lock.json';
const move = (version: string) =>
  spawnSync('make', [KEPT, 'litellm', `VERSION=${version}`, 'ARGS=--no-tests'], {
    ...{ cwd: copy, encoding: 'utf8' },
    env: { ...process.env, GATEWAY_CACHE_DIR: cacheDirectory() },
  });

test('a version that the package index does not have is refused, and nothing is changed', () => {
  const { status, stderr } = move('1.0.99999');
  expect(status).not.toBe(0);
  expect(stderr).toMatch(
    /make litellm: LiteLLM 1\.0\.99999 cannot be installed whole from the package index: .*nothing was changed/,
  );
  expect(changes()).toBe('');
});

test('what is no version is refused with an example', () => {
  const { status, stderr } = move('newest');
  expect({ status: status === 0, stderr }).toEqual({
    status: false,
    stderr: expect.stringContaining(
      `"newest" is no release; name one, such as make litellm VERSION=${LITELLM_VERSION}`,
    ),
  });
});

test('the pinned version is found whole, prepared, and leaves tag, database and texts as they are', () => {
  const { status, stdout, stderr } = move(LITELLM_VERSION);
  expect(status === 0 ? '' : stderr).toBe('');
  expect(stdout).toContain(`== ghcr.io/berriai/litellm-non_root:v${LITELLM_VERSION} is pinned`);
  expect(changes()).toBe('');
});
