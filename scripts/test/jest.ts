import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { type Count, NONE, sum } from './count';
import type { Times } from './times';

/** A pass that takes longer has hung. */
const AT_MOST_MS = 45 * 60_000;

export interface JestPass {
  /** Name of the jest project. */
  readonly suite: string;
  readonly options: readonly string[];
  /** Path of the JSON that jest writes. */
  readonly report: string;
  readonly root: string;
  readonly times: Times;
}

/** Runs jest once; what fails is shown as it happens, the counts come from its report. */
export async function runJest({ suite, options, report, root, times }: JestPass): Promise<Count> {
  // A suite that leaves a handle open must not keep the whole run waiting.
  const program = ['--no-install', 'jest', '--selectProjects', suite, '--ci', '--forceExit'];
  const child = spawn('npx', [...program, '--json', '--outputFile', report, ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: AT_MOST_MS,
  });
  const [status] = await once(child, 'exit');
  const broken: Count = { passed: 0, failed: 1, skipped: 0 };
  // A pass that could not even begin has failed: no report is no success.
  if (!existsSync(report)) return broken;
  const files = (JSON.parse(readFileSync(report, 'utf8')) as { testResults: FileResult[] }).testResults;
  for (const { name, startTime, endTime, assertionResults } of files)
    times.addFile(suite, name, endTime - startTime, assertionResults.length);
  for (const file of files) times.addFailures(file.name, failuresOf(file));
  const count = files.map(countOf).reduce(sum, NONE);
  return count.failed === 0 && status !== 0 ? sum(count, broken) : count;
}

interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly message: string;
  readonly assertionResults: readonly { status: string; fullName: string; failureMessages: readonly string[] }[];
}

/** Name and first line of each test that failed; a file that broke before its first test has only the latter. */
function failuresOf({ status, message, assertionResults }: FileResult): string[] {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0) return status === 'failed' ? [firstLine(message)] : [];
  return failed.map(({ fullName, failureMessages: [text = ''] }) => `${fullName}: ${firstLine(text)}`);
}

const firstLine = (text: string) =>
  stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('●'))
    ?.slice(0, 200) ?? '';

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
