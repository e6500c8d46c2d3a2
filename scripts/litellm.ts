/**
 * Moves this repository to another release of LiteLLM, and prints what behaves differently:
 *
 *   make litellm VERSION=1.2.3 [ARGS=--no-tests]
 *
 * Changes the image's tag, the constraints, the recorded database that an upgrade is tested with, and snapshots. Changes
 * nothing where the release cannot be installed whole. With the pinned release it looks whether that still installs.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainErrors } from '../plain-errors';
import { cacheDirectory } from '../runtime/installation/directories';
import { Problem } from '../runtime/problem';
import { run } from '../runtime/processes/run';
import { LITELLM_VERSION } from '../runtime/versions';
import { inventoryDifferences } from './litellm/differences';
import { inventoryOf } from './litellm/inventory';
import { constraintsFor, requireInstallable } from './litellm/packages';
import { namedVersions, writePins } from './litellm/pins';
import type { Release } from './litellm/there-and-back';

const root = join(__dirname, '..');
const RECORDED = '__tests__/contract/runtime/upgrade/recorded-database.json';
/** The contract tests that tell what LiteLLM does. */
const SUITES = 'contract/(litellm-config|key-provisioner|cli|prisma-engine|runtime|edge|agents)/';

const [version = '', ...flags] = process.argv.slice(2);
plainErrors('make litellm');
void main();

async function main(): Promise<void> {
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Problem(`"${version}" is no release; name one, such as make litellm VERSION=${LITELLM_VERSION}`);
  }
  const unknown = flags.find((flag) => flag !== '--no-tests');
  if (unknown) throw new Problem(`there is no option ${unknown}; there is --no-tests`);
  const older = LITELLM_VERSION;
  const same = version === older;
  step(`looking whether LiteLLM ${version} can be installed whole`);
  if (same) {
    await requireInstallable(version);
    await prepared(`LiteLLM ${version}, its database client and its migrations`);
  } else {
    const constraints = await constraintsFor(version, detail);
    // Before anything is changed: the older release, as it is pinned now.
    const before = await prepared(`LiteLLM ${older}, to compare with`);
    step(`writing the image's tag and the constraints of LiteLLM ${version}`);
    writePins(root, older, version, constraints);
    const now = await prepared(`LiteLLM ${version}, its database client and its migrations`);
    await compare(before, now);
    await takeDatabaseOver(before, now);
    await renewSnapshots();
  }
  const failed = flags.includes('--no-tests') ? 0 : contractTests();
  printPlaces(version);
  process.exitCode = failed;
}

function step(text: string): void {
  console.log(`== ${text}`);
}

function detail(text: string): void {
  console.error(`  ${text}`);
}

/** In a process of its own, which reads the version that is pinned at this moment. */
async function prepared(what: string): Promise<Release> {
  step(`preparing ${what}`);
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/litellm/prepare.ts'], {
    ...{ cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  });
  if (status !== 0)
    throw new Problem('it could not be prepared, for the reason above; git restore . undoes what was written');
  return JSON.parse(stdout) as Release;
}

async function compare(before: Release, now: Release): Promise<void> {
  step(`what LiteLLM ${now.version} has that ${before.version} has not, and the other way round`);
  const cache = cacheDirectory();
  const found = inventoryDifferences(await inventoryOf(before, cache), await inventoryOf(now, cache));
  for (const text of found) console.log(text);
  if (found.length === 0) console.log('nothing that this repository relies on differs');
}

async function takeDatabaseOver(before: Release, now: Release): Promise<void> {
  step(`taking a live database from LiteLLM ${before.version} to ${now.version}, and back`);
  const program = ['--import', 'tsx', 'scripts/litellm/try-database.ts', before.version, now.version, RECORDED];
  const { status } = spawnSync(process.execPath, program, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0)
    console.log('a LOST line above is a loss: tell it in docs/operations.md, or choose another release');
}

async function renewSnapshots(): Promise<void> {
  step('renewing snapshots');
  spawnSync('npx', ['jest', '--selectProjects=unit', '--testPathPatterns', 'unit/stacks', '-u', '--silent'], {
    ...{ cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  });
  console.log(await run('git', ['diff', '--stat', '--', '__tests__'], { cwd: root }));
}

function contractTests(): number {
  step('running the contract tests with it; what fails behaves differently');
  const args = ['jest', '--selectProjects=contract', '--runInBand', '--testPathPatterns', SUITES];
  return spawnSync('npx', args, { cwd: root, stdio: 'inherit' }).status ?? 1;
}

/** What only a person can answer for. */
function printPlaces(pinned: string): void {
  const { litellm } = JSON.parse(readFileSync(join(root, 'workloads/images.json'), 'utf8')) as { litellm: string };
  const old = namedVersions(root).filter((named) => named.version !== pinned);
  if (old.length > 0) step('texts that tell of another release: measure again, then change them');
  for (const { path, line, text } of old) console.log(`${path}:${line}: ${text}`);
  console.log(`== ${litellm} is pinned; look at git diff`);
}
