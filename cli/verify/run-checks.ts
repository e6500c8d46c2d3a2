import { CliError } from '../errors';
import { harmless, print } from '../terminal/output';
import { style } from '../terminal/style';
import { type Bench, type Check, fail, type Need, type Outcome, skip } from './check';

/** A check with how it went and how long it took. */
export interface Result extends Outcome {
  readonly title: string;
  readonly seconds: number;
}

/** How the checks are shown while they run. */
export type Display = 'nothing' | 'lines' | 'terminal';

const SIGNS = { pass: style.green('✔'), fail: style.red('✖'), skip: style.yellow('–') };

/** Makes the checks one after another; one whose needs failed is skipped and says so. */
export async function runChecks(checks: readonly Check[], bench: Bench, display: Display): Promise<Result[]> {
  const results: Result[] = [];
  const lacking = new Map<Need, string>();
  const runOne = async (check: Check): Promise<Result> => {
    const began = performance.now();
    const without = check.needs.find((need) => lacking.has(need));
    const outcome = without ? skip(`because "${lacking.get(without)}" did not go well`) : await attempt(check, bench);
    const unusable =
      outcome.status === 'fail' || (outcome.status === 'skip' && !(check.provides === 'key' && bench.key));
    if (check.provides && unusable) lacking.set(check.provides, check.title);
    const result = {
      title: check.title,
      ...outcome,
      detail: harmless(outcome.detail),
      seconds: (performance.now() - began) / 1000,
    };
    results.push(result);
    return result;
  };
  if (display === 'terminal') await withListr(checks, runOne);
  else {
    for (const check of checks) {
      const result = await runOne(check);
      if (display === 'lines') print(line(result));
    }
  }
  return results;
}

const line = ({ status, title, detail }: Result) =>
  `${SIGNS[status]} ${title}${detail ? style.dim(` · ${detail}`) : ''}`;

async function withListr(checks: readonly Check[], runOne: (check: Check) => Promise<Result>): Promise<void> {
  const { Listr } = await import('listr2');
  await new Listr(
    checks.map((check) => ({
      title: check.title,
      task: async (_: unknown, task: { title: string; skip: (reason: string) => void }) => {
        const { status, detail } = await runOne(check);
        task.title = detail ? `${check.title}${style.dim(` · ${detail}`)}` : check.title;
        if (status === 'skip') task.skip(task.title);
        // Listr marks what throws; the result is kept already.
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
          condition: (ms: number) => ms > 2000,
          field: (ms: number) => `${Math.round(ms / 1000)} s`,
          format: () => style.dim,
        },
      },
    } as object,
  ).run();
}

async function attempt(check: Check, bench: Bench): Promise<Outcome> {
  try {
    return await check.run(bench);
  } catch (error) {
    if (error instanceof CliError) return fail(error.message);
    return fail(`unexpected: ${(error as Error).message}`);
  }
}
