import type { Command } from 'commander';
import { gatewayClient, provisionerClient } from './clients';
import type { CommandContext } from './context';
import { tryAdminToken } from './credentials';
import { diagnose } from './doctor/diagnose';
import { DoctorContext } from './doctor/doctor-context';
import { reportAsJson, showReport } from './doctor/report';
import { SYMPTOMS } from './doctor/symptoms';
import { EXIT } from './errors';
import {
  type CredentialOptions,
  type DateOptions,
  type GlobalOptions,
  optionsOf,
  type SettingsOptions,
  secretsFileOption,
  settingsOption,
  todayOf,
  todayOption,
} from './options';
import { working } from './terminal/progress';

interface Options extends DateOptions, SettingsOptions, CredentialOptions, GlobalOptions {
  readonly workspace?: string;
  readonly key?: string;
  readonly model?: string;
  readonly logs?: string;
  readonly free?: boolean;
}

/** `gateway doctor`: looks for every known fault and prints cause, evidence and fix. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('look for every known fault on the running deployment: cause, evidence, fix')
    .option('--workspace <container>', 'also check this workspace')
    .option('--key <name>', 'also check this key (or set GATEWAY_API_KEY to it)')
    .option('--model <name>', 'also check this model name, for which requests fail')
    .option('--logs <folder>', 'where litellm.log and key-provisioner.log are, if not in containers (the demo)')
    .option('--free', 'send no requests to models; they cost a fraction of a cent')
    .addOption(todayOption())
    .addOption(settingsOption())
    .addOption(secretsFileOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

async function run(options: Options, context: CommandContext): Promise<void> {
  const { io, env, now, path } = context;
  const { json, key, workspace, model, logs } = options;
  const settings = context.loadSettings(options.settings);
  const adminToken = tryAdminToken(context, options.secretsFile);
  const apiKey = env['GATEWAY_API_KEY'];
  const doctor = new DoctorContext({
    settings,
    today: todayOf(options, now),
    now,
    runtime: context.runtime(settings),
    machine: context.machine,
    folder: context.cwd,
    gateway: gatewayClient(context, settings),
    provisioner: (credential) => provisionerClient(context, credential, settings),
    allowPaidRequests: options.free !== true,
    ...(adminToken ? { adminToken } : {}),
    ...(apiKey ? { apiKey } : {}),
    ...(key ? { keyName: key } : {}),
    ...(workspace ? { workspace } : {}),
    ...(model ? { model } : {}),
    ...(logs ? { logs: path(logs) } : {}),
  });
  const report = await working(io, `checking ${SYMPTOMS.length} symptoms`, () => diagnose(SYMPTOMS, doctor));
  if (json) io.printJson(reportAsJson(report));
  else showReport(io, report);
  if (report.findings.some(({ kind }) => kind === 'fault')) context.exitCode = EXIT.findings;
}
