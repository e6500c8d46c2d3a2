import type { Command } from 'commander';
import { secretProblems } from '../../deployment/kubernetes/secret';
import { kubernetesNames } from '../../settings/kubernetes';
import type { CommandContext } from '../context';
import { EXIT } from '../errors';
import { type GlobalOptions, optionsOf, type SettingsOptions, settingsOption } from '../options';
import { asking, clusterOf, kubernetesDeployment } from './target';

/** `gateway secrets check`: what `make plan` asks first. */
export function register(secrets: Command, context: CommandContext): void {
  secrets
    .command('check')
    .description('whether the Secret is in the cluster and holds what the deployment needs')
    .addOption(settingsOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

async function run({ settings: file, json }: SettingsOptions & GlobalOptions, context: CommandContext): Promise<void> {
  const { io } = context;
  const settings = kubernetesDeployment(context, file);
  const problems = await asking(secretProblems(clusterOf(settings, context), settings));
  const { namespace, secret } = kubernetesNames(settings);
  if (json) io.printJson({ namespace, secret, problems });
  else if (problems.length > 0) io.print(...problems);
  else io.print(`Secret ${namespace}/${secret} holds what the deployment needs`);
  if (problems.length > 0) context.exitCode = EXIT.findings;
}
