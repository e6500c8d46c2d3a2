import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const SCRIPT = 'scripts/prepare-release.sh';
const folder = mkdtempSync(join(tmpdir(), 'gateway-release-'));
for (const file of [SCRIPT, 'package.json', 'package-lock.json']) cpSync(join(ROOT, file), join(folder, file));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const prepare = (tag: string) => spawnSync(join(folder, SCRIPT), [tag, 'octocat/gateway'], { encoding: 'utf8' });
const manifest = () => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

test.each(['main', 'v1', '1.2.3', 'v1.2.3;reboot'])('a release of the tag %s is refused, and stays private', (tag) => {
  const { status, stderr } = prepare(tag);
  expect(status).toBe(1);
  expect(stderr).toBe(`prepare-release: the tag "${tag}" is not a version; name it like v0.3.0 or v0.3.0-rc.1\n`);
  expect(manifest().private).toBe(true);
});

test('a release has the version of its tag and names the repository that its provenance is compared with', () => {
  expect(prepare('v7.8.9-rc.1')).toMatchObject({ status: 0, stdout: 'prepare-release: coder-ai-gateway 7.8.9-rc.1\n' });
  const released = manifest();
  expect(released).toMatchObject({
    version: '7.8.9-rc.1',
    repository: { type: 'git', url: 'git+https://github.com/octocat/gateway.git' },
    publishConfig: { access: 'public', provenance: true },
  });
  expect(released).not.toHaveProperty('private');
});
