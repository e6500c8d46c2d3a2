import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from './context';
import { EXIT, usageError } from './errors';
import { type GlobalOptions, optionsOf, type SettingsOptions, settingsOption } from './options';
import { complete } from './review/base/complete';
import { settingsFiles } from './review/base/settings-file';
import { compare } from './review/compare';
import type { KeyCounts } from './review/comparison';
import { reaches, SEVERITIES, type Severity } from './review/finding';
import { FORMATS, type Format, format } from './review/formats/format';
import { Locations } from './review/formats/locations';
import { readPlanFile } from './review/plan-file';
import { ROOT, synthesizeCommit, synthesizeHere } from './review/synthesize';
import { working } from './terminal/progress';

interface Options extends SettingsOptions, GlobalOptions {
  readonly base: string;
  readonly baseSettings?: string;
  readonly plan?: string;
  readonly keys?: KeyCounts;
  readonly format: Format;
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
    .description('what this working tree changes against another commit, for a pull request')
    .requiredOption('--base <ref>', 'commit, branch or tag to compare with')
    .option(
      '--base-settings <file>',
      "settings of the base: a path in it, or a file outside the repository; without it the base's own version of --settings",
    )
    .option('--plan <file>', 'a plan as `terraform show -json` prints it: also tells what is replaced or lost')
    .option('--keys <counts>', 'how many keys there are, for the costs per month: workspace=40,ci=10,person=25', counts)
    .addOption(
      new Option(
        '--format <format>',
        'markdown for people, json for programs, sarif for code scanning, github for annotations',
      )
        .choices([...FORMATS])
        .default('markdown'),
    )
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 from this severity on')
        .choices([...SEVERITIES, 'never'])
        .default('high'),
    )
    .addOption(settingsOption())
    .action((_: unknown, command: Command) =>
      run(optionsOf(command), context, command.getOptionValueSource('format') === 'cli'),
    );
}

async function run(options: Options, context: CommandContext, formatIsGiven: boolean): Promise<void> {
  const { io } = context;
  const { base, baseSettings, plan: planFile, keys, failOn, json, settings } = options;
  if (json && options.format !== 'json' && formatIsGiven)
    throw usageError(`--json and --format ${options.format} contradict each other`, 'give one of them');
  const plan = planFile === undefined ? undefined : readPlanFile(planFile, context.path(planFile));
  const files = settingsFiles(settings, baseSettings, ROOT, context.cwd);
  const baseOutput = await working(io, `synthesizing ${base}`, () => synthesizeCommit(base, files.base));
  const headOutput = await working(io, 'synthesizing this working tree', () => synthesizeHere(files.head));
  const { before, after } = complete(baseOutput, headOutput);
  const findings = compare(before, after, { ...(keys ? { keys } : {}), ...(plan ? { plan } : {}) });
  const locations = new Locations(files.head, ROOT);
  const text = format(json ? 'json' : options.format, { base, before, after, findings, locations });
  if (text !== '') io.print(text.trimEnd());
  if (failOn !== 'never' && findings.some(({ severity }) => reaches(severity, failOn)))
    context.exitCode = EXIT.findings;
}
