import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from './context';
import { EXIT, usageError } from './errors';
import { type GlobalOptions, optionsOf, type SettingsOptions, settingsOption } from './options';
import { compare } from './review/compare';
import { reaches, SEVERITIES, type Severity } from './review/finding';
import { type Plan, planSchema } from './review/plan';
import type { KeyCounts } from './review/policies';
import { report, tally, verdict } from './review/report';
import { synthesizeCommit, synthesizeHere } from './review/synthesize';
import { working } from './terminal/progress';

interface Options extends SettingsOptions, GlobalOptions {
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
export function register(program: Command, context: CommandContext): void {
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
    .addOption(settingsOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

async function run(options: Options, context: CommandContext): Promise<void> {
  const { io } = context;
  const { base, plan: planFile, keys = {}, failOn, json, settings } = options;
  const plan = planFile === undefined ? undefined : readPlanFile(planFile, context.path(planFile));
  const before = await working(io, `synthesizing ${base}`, () => synthesizeCommit(base, settings));
  const after = await working(io, 'synthesizing this working tree', () => synthesizeHere(settings));
  const findings = compare(before, after, { keys, ...(plan ? { plan } : {}) });
  if (json) io.printJson({ base, verdict: verdict(findings), severities: tally(findings), findings });
  else io.print(report(findings, before, after, base).trimEnd());
  if (failOn !== 'never' && findings.some(({ severity }) => reaches(severity, failOn)))
    context.exitCode = EXIT.findings;
}

function readPlanFile(file: string, path: string): Plan {
  const fix = 'make one with `terraform show -json plan.bin > plan.json`';
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw usageError(`${file} ${code ? `cannot be read (${code})` : `is not valid JSON: ${message}`}`, fix);
  }
  const parsed = planSchema.safeParse(value);
  if (!parsed.success) throw usageError(`${file} is not a Terraform plan in JSON`, fix);
  return parsed.data;
}
