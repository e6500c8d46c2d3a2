/**
 * What CI runs, and `make test`: lint, then the suites `unit`, `programs`, `contract` and `deploy`, each as a jest project.
 *
 *   node --import tsx scripts/test.ts [lint] [unit] [programs] [contract] [deploy] [kubernetes]      (all but the last by default)
 *
 * `CONTRACT=skip` and `DEPLOY=skip` leave a suite out, loudly. Where the time went is printed, and written to
 * `report/times.json`. The last line is `N passed, N failed, N skipped`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PREPARED } from '../__tests__/deploy/support/once-per-run';
import { plainErrors } from '../plain-errors';
import { type Count, countText, NONE, sum } from './test/count';
import { runJest } from './test/jest';
import { recordTime, TIMES_FILE } from './test/record';
import { FIRST, type JestSuite, NAMED_ONLY, optionsOf, PASSES, SUITES, type Suite } from './test/suites';
import { Times } from './test/times';

plainErrors('test');
const root = join(__dirname, '..');
const reports = join(root, 'report');

const chosen = process.argv.slice(2);
const unknown = chosen.find((name) => !SUITES.includes(name as Suite));
if (unknown) {
  console.error(`there is no suite "${unknown}"; choose among ${SUITES.join(', ')}`);
  process.exit(2);
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
process.env[TIMES_FILE] = join(reports, 'times.jsonl');
process.env[PREPARED] = join(reports, 'prepared');
const times = new Times(root, join(reports, 'times.jsonl'));
void main(SUITES.filter((suite) => (chosen.length === 0 ? !NAMED_ONLY.includes(suite) : chosen.includes(suite))));

async function main(wanted: readonly Suite[]): Promise<void> {
  // Before anything else that may install packages: two at once get in each other's way.
  if (wanted.includes('programs')) spawnSync(join(root, 'scripts/test-tools.sh'), { cwd: root, stdio: 'inherit' });
  const preparation = wanted.includes('deploy') ? prepareDeploy() : undefined;
  let total = NONE;
  const timed = async (suite: Suite) => {
    const started = Date.now();
    const count = await run(suite, preparation);
    const milliseconds = Date.now() - started;
    times.addSuite(suite, milliseconds);
    console.log(`== ${suite}: ${countText(count)} (${Math.round(milliseconds / 1000)} s)\n`);
    total = sum(total, count);
  };
  for (const suite of wanted.filter((each) => FIRST.includes(each))) await timed(suite);
  await Promise.all(wanted.filter((each) => !FIRST.includes(each)).map(timed));
  console.log(`${times.report(join(reports, 'times.json'))}\n`);
  console.log(countText(total));
  process.exit(total.failed > 0 ? 1 : 0);
}

async function run(suite: Suite, preparation?: Promise<string | undefined>): Promise<Count> {
  if (suite === 'lint') return lint();
  const reason = skipped(suite) ?? (suite === 'deploy' ? await preparation : undefined);
  if (reason) {
    console.log(`-- ${suite} tests skipped: ${reason}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  return jest(suite);
}

function skipped(suite: Suite): string | undefined {
  const variable = suite.toUpperCase();
  return process.env[variable] === 'skip' ? `${variable}=skip is set` : undefined;
}

function lint(): Count {
  const checks = [
    ['biome', 'check', '--error-on-warnings', '.'],
    ['tsc', '--noEmit'],
  ];
  const ok = checks.map(
    (command) => spawnSync('npx', ['--no-install', ...command], { cwd: root, stdio: 'inherit' }).status === 0,
  );
  return { passed: ok.filter(Boolean).length, failed: ok.filter((passed) => !passed).length, skipped: 0 };
}

/**
 * Images and providers take minutes of a new machine, so they are made beside the first suites. Resolves with the reason
 * why no deploy test can run here, if there is one; where a step fails, the tests that need it say why.
 */
async function prepareDeploy(): Promise<string | undefined> {
  if (skipped('deploy')) return undefined;
  const started = Date.now();
  const daemon = spawnSync(join(root, 'scripts/docker-daemon.sh'), ['start'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (daemon.status !== 0) return 'no Docker daemon is reachable and none could be started here (see above)';
  recordTime('preparation', 'a Docker daemon', started);
  const log = openSync(join(reports, 'deploy-preparation.log'), 'w');
  const program = ['--import', 'tsx', '__tests__/deploy/support/prepare.ts'];
  const child = spawn(process.execPath, program, { cwd: root, stdio: ['ignore', log, log] });
  const [status] = await once(child, 'exit');
  if (status !== 0) console.log('-- the preparation of the deploy tests failed: report/deploy-preparation.log');
  prepareCoder(log);
  return undefined;
}

/** Not waited for: the one test that needs it does, and comes last. */
function prepareCoder(log: number): void {
  const started = Date.now();
  const child = spawn(join(root, 'scripts/stand-in-images.sh'), ['coder'], { cwd: root, stdio: ['ignore', log, log] });
  child.once('exit', () => recordTime('preparation', 'the image of a Coder server', started));
}

async function jest(suite: JestSuite): Promise<Count> {
  const counts = PASSES[suite].map((pass) => {
    const report = join(reports, `${pass.name}.json`);
    return runJest({ suite, options: optionsOf(pass), report, root, times });
  });
  return (await Promise.all(counts)).reduce(sum, NONE);
}
