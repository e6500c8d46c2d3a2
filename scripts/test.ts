/**
 * What CI runs, and `make test`: lint, then the suites `unit`, `contract` and `deploy`, each as a jest project.
 *
 *   node --import tsx scripts/test.ts [lint] [unit] [contract] [deploy]      (all by default)
 *
 * `CONTRACT=skip` and `DEPLOY=skip` leave a suite out, loudly. The last line is `N passed, N failed, N skipped`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');
const reports = join(root, 'report');
const suites = ['lint', 'unit', 'contract', 'deploy'] as const;
type Suite = (typeof suites)[number];

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Suites that stop the database server all suites share run by themselves, after the others; those run two at a time, since
 * a suite mostly waits: for a client's retries, for LiteLLM's batches, for a limit's minute to pass.
 */
const ALONE = ['key-provisioner/outages', 'cli/doctor', 'demo/gateway', 'demo/engine'];

const passes: Record<Exclude<Suite, 'lint'>, string[][]> = {
  unit: [[]],
  contract: [
    ['--maxWorkers=2', ...ALONE.flatMap((path) => ['--testPathIgnorePatterns', path])],
    ['--runInBand', ...ALONE.flatMap((path) => ['--testPathPatterns', path])],
  ],
  deploy: [['--runInBand']],
};

const chosen = process.argv.slice(2);
const unknown = chosen.find((name) => !suites.includes(name as Suite));
if (unknown) {
  console.error(`there is no suite "${unknown}"; choose among ${suites.join(', ')}`);
  process.exit(2);
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
let total: Count = { passed: 0, failed: 0, skipped: 0 };
for (const suite of chosen.length > 0 ? (chosen as Suite[]) : suites) {
  const started = Date.now();
  const count = run(suite);
  total = sum(total, count);
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`== ${suite}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped (${seconds} s)\n`);
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);

function run(suite: Suite): Count {
  if (suite === 'lint') return lint();
  const reason = process.env[suite.toUpperCase()] === 'skip' ? `${suite.toUpperCase()}=skip is set` : prepare(suite);
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
  if (suite === 'unit') spawnSync(join(root, 'scripts/test-tools.sh'), { cwd: root, stdio: 'inherit' });
  if (suite !== 'deploy') return undefined;
  const daemon = spawnSync(join(root, 'scripts/docker-daemon.sh'), ['start'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return daemon.status === 0 ? undefined : 'no Docker daemon is reachable and none could be started here (see above)';
}

function jest(suite: Exclude<Suite, 'lint'>): Count {
  return passes[suite]
    .map((options, index) => jestPass(suite, options, join(reports, `${suite}-${index + 1}.json`)))
    .reduce(sum, { passed: 0, failed: 0, skipped: 0 });
}

function jestPass(suite: Suite, options: string[], report: string): Count {
  const result = spawnSync(
    'npx',
    ['--no-install', 'jest', '--selectProjects', suite, '--ci', '--json', '--outputFile', report, ...options],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  // A pass that could not even begin has failed: no report is no success.
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const outcome = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
    numRuntimeErrorTestSuites: number;
  };
  const failed = outcome.numFailedTests + outcome.numRuntimeErrorTestSuites;
  return {
    passed: outcome.numPassedTests,
    failed: failed === 0 && result.status !== 0 ? 1 : failed,
    skipped: outcome.numPendingTests + outcome.numTodoTests,
  };
}

function sum(a: Count, b: Count): Count {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}
