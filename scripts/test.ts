/**
 * What CI runs, and `make test`: lint, then the suites `unit`, `programs`, `contract` and `deploy`, each as a jest project.
 *
 *   node --import tsx scripts/test.ts [lint] [unit] [programs] [contract] [deploy]      (all by default)
 *
 * `CONTRACT=skip` and `DEPLOY=skip` leave a suite out, loudly. Where the time went is printed, and written to
 * `report/times.json`. The last line is `N passed, N failed, N skipped`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Count, countText, NONE, sum } from './test/count';
import { runJest } from './test/jest';
import { TIMES_FILE } from './test/record';
import { Times } from './test/times';

const root = join(__dirname, '..');
const reports = join(root, 'report');
const suites = ['lint', 'unit', 'programs', 'contract', 'deploy'] as const;
type Suite = (typeof suites)[number];

/** Files run side by side, since a test mostly waits: for a client's retries, for LiteLLM's batches, for a container's health. */
const sideBySideBut = (alone: readonly string[], workers: number): string[][] => [
  [`--maxWorkers=${workers}`, ...alone.flatMap((path) => ['--testPathIgnorePatterns', path])],
  ['--runInBand', ...alone.flatMap((path) => ['--testPathPatterns', path])],
];

/** The runs of jest that make up a suite. */
interface Passes {
  readonly options: string[][];
  readonly together: boolean;
}

const passes: Record<Exclude<Suite, 'lint'>, Passes> = {
  unit: { options: [['--maxWorkers=100%']], together: false },
  programs: { options: [['--maxWorkers=100%']], together: false },
  // Of their own: those that stop the database server all files share, or start and kill demos. Each run of jest has its own server.
  contract: {
    options: sideBySideBut(['key-provisioner/outages', 'cli/doctor', 'demo/', 'contract/runtime/'], 3),
    together: true,
  },
  // By itself: the one that sets firewall rules for every workspace of the machine.
  deploy: { options: sideBySideBut(['workspace/isolation'], 2), together: false },
};

const chosen = process.argv.slice(2);
const unknown = chosen.find((name) => !suites.includes(name as Suite));
if (unknown) {
  console.error(`there is no suite "${unknown}"; choose among ${suites.join(', ')}`);
  process.exit(2);
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
process.env[TIMES_FILE] = join(reports, 'times.jsonl');
const times = new Times(root, join(reports, 'times.jsonl'));
void main(chosen.length > 0 ? (chosen as Suite[]) : suites);

async function main(wanted: readonly Suite[]): Promise<void> {
  let total = NONE;
  // Before anything else that may install packages: two at once get in each other's way.
  if (wanted.includes('programs')) spawnSync(join(root, 'scripts/test-tools.sh'), { cwd: root, stdio: 'inherit' });
  const preparation =
    wanted.length > 1 && wanted.includes('deploy') && !skipped('deploy') ? prepareDeploy() : undefined;
  for (const suite of wanted) {
    const started = Date.now();
    if (suite === 'deploy') await finished(preparation);
    const count = await run(suite);
    total = sum(total, count);
    const milliseconds = Date.now() - started;
    times.addSuite(suite, milliseconds);
    console.log(`== ${suite}: ${countText(count)} (${Math.round(milliseconds / 1000)} s)\n`);
  }
  console.log(`${times.report(join(reports, 'times.json'))}\n`);
  console.log(countText(total));
  process.exit(total.failed > 0 ? 1 : 0);
}

/** Images and providers take minutes of a new machine, and the suites before mostly wait. Where it fails, the suite says why. */
function prepareDeploy(): ChildProcess {
  const log = openSync(join(reports, 'deploy-preparation.log'), 'w');
  const program = ['--import', 'tsx', '__tests__/deploy/support/prepare.ts'];
  return spawn(process.execPath, program, { cwd: root, stdio: ['ignore', log, log] });
}

async function finished(child: ChildProcess | undefined): Promise<void> {
  if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

function skipped(suite: Suite): boolean {
  return process.env[suite.toUpperCase()] === 'skip';
}

async function run(suite: Suite): Promise<Count> {
  if (suite === 'lint') return lint();
  const reason = skipped(suite) ? `${suite.toUpperCase()}=skip is set` : prepare(suite);
  if (reason) {
    console.log(`-- ${suite} tests skipped: ${reason}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  return jest(suite);
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

/** Why a suite cannot run here, if it cannot. */
function prepare(suite: Suite): string | undefined {
  if (suite !== 'deploy') return undefined;
  const daemon = spawnSync(join(root, 'scripts/docker-daemon.sh'), ['start'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return daemon.status === 0 ? undefined : 'no Docker daemon is reachable and none could be started here (see above)';
}

async function jest(suite: Exclude<Suite, 'lint'>): Promise<Count> {
  const { options, together } = passes[suite];
  const pass = (index: number) =>
    runJest({ suite, options: options[index] ?? [], report: join(reports, `${suite}-${index + 1}.json`), root, times });
  if (together) return (await Promise.all(options.map((_, index) => pass(index)))).reduce(sum, NONE);
  let total = NONE;
  for (const index of options.keys()) total = sum(total, await pass(index));
  return total;
}
