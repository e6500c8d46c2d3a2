import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

const root = join(__dirname, '../..');

/** A file of a room, and what it imports. */
type Import = readonly [file: string, imported: string];

const UPWARD: readonly Import[] = [
  ['catalog/upward-0.ts', '../settings/schema'],
  ['settings/upward-1.ts', '../litellm-config/proxy-config'],
  ['litellm-config/upward-2.ts', '../workloads/litellm'],
  ['workloads/upward-3.ts', '../constructs/docker/workload'],
  ['workspace/upward-4.ts', '../constructs/terraform/literal'],
  ['deployment/upward-5.ts', '../stacks/platform-stack'],
  ['constructs/terraform/upward-6.ts', '../docker/workload'],
  ['constructs/docker/upward-7.ts', '../../stacks/platform-stack'],
  ['constructs/kubernetes/upward-15.ts', '../../stacks/platform-stack'],
  ['constructs/kubernetes/sideways-16.ts', '../docker/workload'],
  ['constructs/docker/sideways-17.ts', '../kubernetes/pod'],
  ['stacks/upward-8.ts', '../cli/program'],
  ['runtime/services/upward-9.ts', '../../demo/story'],
  ['demo/upward-10.ts', '../stacks/platform-stack'],
  ['cli/doctor/upward-11.ts', '../../constructs/docker/workload'],
  ['packages/prisma-engine/upward-12.ts', '../../runtime/versions'],
  ['images/key-provisioner/src/upward-13.ts', '../../../settings/schema'],
  ['cli/upward-14.ts', '../images/key-provisioner/src/keys/keyring'],
];

const DOWNWARD: readonly Import[] = [
  ['settings/downward-0.ts', '../catalog/model'],
  ['constructs/docker/downward-1.ts', '../terraform/literal'],
  ['stacks/downward-2.ts', '../constructs/docker/workload'],
  ['demo/downward-3.ts', '../runtime/versions'],
  ['cli/downward-4.ts', '../images/key-provisioner/src/contract'],
];

let directory: string;
let refused: string[];

/** One run of the project's own linter over all files, in a directory of their own. */
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-rooms-'));
  const configuration = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(join(directory, 'biome.json'), JSON.stringify({ ...configuration, vcs: { enabled: false } }));
  for (const [file, imported] of [...UPWARD, ...DOWNWARD]) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(
      join(directory, file),
      `import { something } from '${imported}';\n\nexport const used = something;\n`,
    );
  }
  const biome = join(root, 'node_modules/.bin/biome');
  const { stdout } = spawnSync(biome, ['lint', '--reporter=github', '--max-diagnostics=none', '.'], {
    cwd: directory,
    encoding: 'utf8',
  });
  refused = [...stdout.matchAll(/^::error title=lint\/style\/noRestrictedImports,file=([^,]+),/gm)].map(([, file]) =>
    relative(directory, file ?? ''),
  );
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each(UPWARD)('lint refuses that %s imports %s', (file) => {
  expect(refused).toContain(file);
});

test.each(DOWNWARD)('lint lets %s import %s', (file) => {
  expect(refused).not.toContain(file);
});
