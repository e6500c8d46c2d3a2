import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { optionsOf } from './context';
import { EXIT, usageError } from './errors';
import { compare } from './review/compare';
import { reaches, SEVERITIES, type Severity } from './review/finding';
import { type Plan, planSchema } from './review/plan';
import type { KeyCounts } from './review/policies';
import { report, tally, verdict } from './review/report';
import { synthesizeCommit, synthesizeHere } from './review/synthesize';
import { print, printJson } from './terminal/output';
import { working } from './terminal/progress';

interface Options {
  readonly base: string;
  readonly plan?: string;
  readonly keys?: KeyCounts;
  readonly failOn: Severity | 'never';
}

const COUNTED = ['person', 'workspace', 'user', 'ci', 'agent:review', 'agent:write'];

const counts = (value: string, earlier: KeyCounts): KeyCounts => ({
  ...earlier,
  ...Object.fromEntries(
    value.split(',').map((pair) => {
      const [, scope, count] = /^([a-z:]+)=(\d+)$/.exec(pair.trim()) ?? [];
      if (!scope || !COUNTED.includes(scope)) {
        throw new InvalidArgumentError(
          `"${pair}" must be a kind of key and a number, such as workspace=40. Kinds: ${COUNTED.join(', ')}.`,
        );
      }
      return [scope, Number(count)];
    }),
  ),
});

/** `gateway review --base <ref>`: what a change means, for a pull request. */
export function register(program: Command): void {
  program
    .command('review')
    .description('what this working tree changes against another commit, in Markdown for a pull request')
    .requiredOption('--base <ref>', 'commit, branch or tag to compare with')
    .option('--plan <file>', 'a plan as `terraform show -json` prints it: also tells what is replaced or lost')
    .option('--keys <counts>', 'how many keys there are, for the money: workspace=40,ci=10,person=25', counts)
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 from this severity on')
        .choices([...SEVERITIES, 'never'])
        .default('high'),
    )
    .action(review);
}

async function review(_: unknown, command: Command): Promise<void> {
  const { base, plan: planFile, keys = {}, failOn, json, settings } = optionsOf<Options>(command);
  const plan = planFile === undefined ? undefined : readPlanFile(planFile);
  const before = await working(`synthesizing ${base}`, () => synthesizeCommit(base, settings));
  const after = await working('synthesizing this working tree', () => synthesizeHere(settings));
  const findings = compare(before, after, { keys, ...(plan ? { plan } : {}) });
  if (json) printJson({ base, verdict: verdict(findings), severities: tally(findings), findings });
  else print(report(findings, before, after, base).trimEnd());
  if (failOn !== 'never' && findings.some(({ severity }) => reaches(severity, failOn)))
    process.exitCode = EXIT.findings;
}

function readPlanFile(file: string): Plan {
  const fix = 'make one with `terraform show -json plan.bin > plan.json`';
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw usageError(`${file} ${code ? `cannot be read (${code})` : `is no JSON: ${message}`}`, fix);
  }
  const parsed = planSchema.safeParse(value);
  if (!parsed.success) throw usageError(`${file} is no Terraform plan in JSON`, fix);
  return parsed.data;
}
