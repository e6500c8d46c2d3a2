/**
 * What CI runs, and `make test`: lint, then the suites `unit`, `contract` and `deploy`, each as a jest project.
 *
 *   node --import tsx scripts/test.ts [lint] [unit] [contract] [deploy]      (all by default)
 *
 * `CONTRACT=skip` and `DEPLOY=skip` leave a suite out, loudly. The last line is `N passed, N failed, N skipped`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(__dirname, '..');
const reports = join(root, 'report');
const suites = ['lint', 'unit', 'contract', 'deploy'] as const;
type Suite = (typeof suites)[number];

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

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
  unit: { options: [[]], together: false },
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
void main(chosen.length > 0 ? (chosen as Suite[]) : suites);

async function main(wanted: readonly Suite[]): Promise<void> {
  let total: Count = { passed: 0, failed: 0, skipped: 0 };
  // Before anything else that may install packages: two at once get in each other's way.
  if (wanted.includes('unit')) spawnSync(join(root, 'scripts/test-tools.sh'), { cwd: root, stdio: 'inherit' });
  const preparation =
    wanted.length > 1 && wanted.includes('deploy') && !skipped('deploy') ? prepareDeploy() : undefined;
  for (const suite of wanted) {
    const started = Date.now();
    if (suite === 'deploy') await finished(preparation);
    const count = await run(suite);
    total = sum(total, count);
    const seconds = Math.round((Date.now() - started) / 1000);
    console.log(
      `== ${suite}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped (${seconds} s)\n`,
    );
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
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
  const reportOf = (index: number) => join(reports, `${suite}-${index + 1}.json`);
  const outcomes: Outcome[] = [];
  if (together) {
    outcomes.push(...(await Promise.all(options.map((each, index) => outcomeOf(suite, each, reportOf(index))))));
  } else {
    for (const [index, each] of options.entries()) outcomes.push(await outcomeOf(suite, each, reportOf(index)));
  }
  // Where nothing else runs any more.
  let total: Count = { passed: 0, failed: 0, skipped: 0 };
  for (const [index, outcome] of outcomes.entries()) total = sum(total, await settled(suite, outcome, reportOf(index)));
  return total;
}

/** What failed against a busy machine's real processes is tried once more, by itself, and said aloud. */
async function settled(suite: Suite, first: Outcome, report: string): Promise<Count> {
  if (suite === 'unit' || first.failedFiles.length === 0) return first.count;
  console.log(
    `-- second try of ${first.failedFiles.length} file(s): ${first.failedFiles.map((file) => relative(root, file)).join(', ')}`,
  );
  const again = await outcomeOf(
    suite,
    ['--runInBand', '--runTestsByPath', ...first.failedFiles],
    report.replace('.json', '-again.json'),
  );
  return sum(first.passedFiles, again.count);
}

interface Outcome {
  readonly count: Count;
  /** The count of the files in which nothing failed. */
  readonly passedFiles: Count;
  readonly failedFiles: string[];
}

async function outcomeOf(suite: Suite, options: string[], report: string): Promise<Outcome> {
  // A suite that leaves a handle open must not keep the whole run waiting.
  const program = ['--no-install', 'jest', '--selectProjects', suite, '--ci', '--forceExit'];
  const child = spawn('npx', [...program, '--json', '--outputFile', report, ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 45 * 60_000,
  });
  const [status] = await once(child, 'exit');
  const broken = { passed: 0, failed: 1, skipped: 0 };
  // A pass that could not even begin has failed: no report is no success.
  if (!existsSync(report)) return { count: broken, passedFiles: broken, failedFiles: [] };
  const files = (JSON.parse(readFileSync(report, 'utf8')) as { testResults: FileResult[] }).testResults;
  const passed = files.filter(({ status }) => status !== 'failed');
  const count = files.map(countOf).reduce(sum, { passed: 0, failed: 0, skipped: 0 });
  return {
    count: count.failed === 0 && status !== 0 ? sum(count, broken) : count,
    passedFiles: passed.map(countOf).reduce(sum, { passed: 0, failed: 0, skipped: 0 }),
    failedFiles: files.filter(({ status }) => status === 'failed').map(({ name }) => name),
  };
}

interface FileResult {
  name: string;
  status: string;
  assertionResults: { status: string }[];
}

function countOf({ status, assertionResults }: FileResult): Count {
  const having = (...states: string[]) => assertionResults.filter((test) => states.includes(test.status)).length;
  const failed = having('failed');
  // A file that broke before its first test has no test that failed.
  return {
    passed: having('passed'),
    failed: status === 'failed' ? Math.max(1, failed) : failed,
    skipped: having('pending', 'todo', 'skipped'),
  };
}

function sum(a: Count, b: Count): Count {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}
