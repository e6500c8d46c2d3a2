import type { Command } from 'commander';
import { loadSettings } from '../settings/load';
import { optionsOf } from './context';
import { tryAdminToken } from './credentials';
import { diagnose, type Finding, type Report } from './doctor/diagnose';
import { Examination } from './doctor/examination';
import { SYMPTOMS } from './doctor/symptoms';
import { EXIT } from './errors';
import { isoDate } from './models';
import { harmless, print, printJson } from './terminal/output';
import { working } from './terminal/progress';
import { style } from './terminal/style';
import { wrap } from './terminal/wrap';

interface Options {
  readonly workspace?: string;
  readonly key?: string;
  readonly model?: string;
  readonly logs?: string;
  readonly free?: boolean;
  readonly today?: string;
}

/** `gateway doctor`: looks for every known fault and says cause, evidence and cure. */
export function register(program: Command): void {
  program
    .command('doctor')
    .description('look for every known fault on the running deployment: cause, evidence, fix')
    .option('--workspace <container>', 'somebody has trouble in this workspace')
    .option('--key <name>', 'somebody has trouble with this key (or set GATEWAY_API_KEY to it)')
    .option('--model <name>', 'somebody asked for this model in vain')
    .option('--logs <folder>', 'where litellm.log and key-provisioner.log are, if not in containers (the demo)')
    .option('--free', 'ask no model; asking costs a fraction of a cent')
    .option('--today <date>', 'look at the calendar as if it were that day', isoDate)
    .action(doctor);
}

async function doctor(_: unknown, command: Command): Promise<void> {
  const { settings, secretsFile, json, free, key, today, workspace, model, logs } = optionsOf<Options>(command);
  const adminToken = tryAdminToken(secretsFile);
  const apiKey = process.env['GATEWAY_API_KEY'];
  const examination = new Examination({
    settings: loadSettings(settings, { localProcesses: true }),
    today: today ?? new Date().toISOString().slice(0, 10),
    mayAsk: free !== true,
    ...(adminToken ? { adminToken } : {}),
    ...(apiKey ? { apiKey } : {}),
    ...(key ? { keyName: key } : {}),
    ...(workspace ? { workspace } : {}),
    ...(model ? { model } : {}),
    ...(logs ? { logs } : {}),
  });
  const report = await working(`looking for ${SYMPTOMS.length} symptoms`, () => diagnose(SYMPTOMS, examination));
  if (json) printJson(report);
  else show(report);
  if (report.findings.some(({ kind }) => kind === 'fault')) process.exitCode = EXIT.findings;
}

function show({ findings, notExamined, examined }: Report): void {
  const faults = findings.filter(({ kind }) => kind === 'fault');
  const notices = findings.filter(({ kind }) => kind === 'notice');
  for (const fault of faults) print(...lines(fault, style.red('✖')), '');
  for (const notice of notices) print(...lines(notice, style.yellow('!')), '');
  const found = faults.length === 0 ? style.green('no fault found') : `${faults.length} found`;
  print(`looked for ${examined} symptoms: ${found}`);
  for (const because of new Set(notExamined.map((symptom) => symptom.because))) {
    const ids = notExamined.filter((symptom) => symptom.because === because).map(({ id }) => id);
    print(wrap(style.dim(`not looked for: ${ids.join(', ')}`), 2), wrap(style.dim(`  ${harmless(because)}`), 2));
  }
}

function lines({ title, cause, evidence, fix, id }: Finding, sign: string): string[] {
  const block = (label: string, values: readonly string[]) =>
    values.map((value, index) => `  ${style.dim((index === 0 ? label : '').padEnd(9))} ${harmless(value)}`);
  const prose = (line: string) => wrap(line, 12);
  return [
    wrap(`${sign} ${style.bold(title)} ${style.dim(`[${id}]`)}`, 2),
    ...block('cause', [cause]).map(prose),
    ...block('evidence', evidence).map(prose),
    // Commands are to be pasted, so they stay as they are.
    ...block('fix', fix).map((line, index) => (fix[index]?.startsWith('#') ? wrap(line, `${' '.repeat(12)}# `) : line)),
  ];
}
