import { CliError } from '../errors';
import type { Io } from '../terminal/io';
import { sanitize } from '../terminal/output';
import { type Check, type CheckContext, fail, type Need, type Outcome, skip } from './check';

/** A check with its outcome and how long it took. */
export interface Result extends Outcome {
  readonly title: string;
  readonly seconds: number;
}

/** How the checks are shown while they run. */
export type Display = 'nothing' | 'lines' | 'terminal';

/** Runs the checks one after another; one whose needs failed is skipped and says so. */
export async function runChecks(
  io: Io,
  checks: readonly Check[],
  context: CheckContext,
  display: Display,
): Promise<Result[]> {
  const results: Result[] = [];
  /** What is missing, by the check that should have provided it. */
  const missing = new Map<Need, string>();
  const runOne = async (check: Check): Promise<Result> => {
    const startedMs = performance.now();
    const need = check.needs.find((each) => missing.has(each));
    const outcome = need ? skip(`because "${missing.get(need)}" did not pass`) : await attempt(check, context);
    const unusable =
      outcome.status === 'fail' || (outcome.status === 'skip' && !(check.provides === 'key' && context.key));
    if (check.provides && unusable) missing.set(check.provides, check.title);
    const result = {
      title: check.title,
      ...outcome,
      detail: sanitize(outcome.detail),
      seconds: (performance.now() - startedMs) / 1000,
    };
    results.push(result);
    return result;
  };
  if (display === 'terminal') await withListr(io, checks, runOne);
  else {
    for (const check of checks) {
      const result = await runOne(check);
      if (display === 'lines') io.print(line(io, result));
    }
  }
  return results;
}

function line({ style }: Io, { status, title, detail }: Result): string {
  const signs = { pass: style.green('✔'), fail: style.red('✖'), skip: style.yellow('–') };
  return `${signs[status]} ${title}${detail ? style.dim(` · ${detail}`) : ''}`;
}

/** A check that takes longer is shown with its time. */
const SLOW_MS = 2000;

async function withListr(
  { style }: Io,
  checks: readonly Check[],
  runOne: (check: Check) => Promise<Result>,
): Promise<void> {
  const { Listr } = await import('listr2');
  await new Listr(
    checks.map((check) => ({
      title: check.title,
      task: async (_: unknown, task: { title: string; skip: (reason: string) => void }) => {
        const { status, detail } = await runOne(check);
        task.title = detail ? `${check.title}${style.dim(` · ${detail}`)}` : check.title;
        if (status === 'skip') task.skip(task.title);
        // Listr marks what throws; the result is recorded already.
        if (status === 'fail') throw new Error(`${check.title} · ${detail}`);
      },
    })),
    {
      exitOnError: false,
      registerSignalListeners: false,
      rendererOptions: {
        collapseErrors: false,
        collapseSkips: false,
        showErrorMessage: false,
        showSkipMessage: false,
        formatOutput: 'wrap',
        // Without `format` Listr takes every task that is slow enough for one that failed.
        timer: {
          condition: (ms: number) => ms > SLOW_MS,
          field: (ms: number) => `${Math.round(ms / 1000)} s`,
          format: () => style.dim,
        },
      },
    } as object,
  ).run();
}

async function attempt(check: Check, context: CheckContext): Promise<Outcome> {
  try {
    return await check.run(context);
  } catch (error) {
    if (error instanceof CliError) return fail(error.message);
    return fail(`unexpected error: ${(error as Error).message}`);
  }
}
