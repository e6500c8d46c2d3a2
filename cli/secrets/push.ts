import type { Command } from 'commander';
import { readSecret, type SecretValues, valueProblems, writeSecret } from '../../deployment/kubernetes/secret';
import { kubernetesNames } from '../../settings/kubernetes';
import { SECRET_NAMES, type SecretName } from '../../settings/secrets';
import type { CommandContext } from '../context';
import { usageError } from '../errors';
import {
  type CredentialOptions,
  type GlobalOptions,
  optionsOf,
  type SettingsOptions,
  secretsFileOption,
  settingsOption,
} from '../options';
import { readSecrets } from './read';
import { asking, clusterOf, kubernetesDeployment } from './target';

interface Options extends SettingsOptions, CredentialOptions, GlobalOptions {
  readonly dryRun?: boolean;
}

/** What becomes of one secret. */
type Change = 'added' | 'changed' | 'removed' | 'unchanged';

/** `gateway secrets push`: the Secret that the platform's pods read, from `secrets.tfvars`, past Terraform. */
export function register(secrets: Command, context: CommandContext): void {
  secrets
    .command('push')
    .description('make or update the Secret from secrets.tfvars, without Terraform')
    .option('--dry-run', 'only say what would change')
    .addOption(secretsFileOption())
    .addOption(settingsOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

async function run(options: Options, context: CommandContext): Promise<void> {
  const { io } = context;
  const { dryRun = false, secretsFile, settings: file, json } = options;
  const settings = kubernetesDeployment(context, file);
  const { existing } = settings.kubernetes.secrets;
  if (existing !== undefined) {
    throw usageError(
      `${file} names the Secret "${existing}", which something else keeps`,
      'change it there, or remove kubernetes.secrets.existing',
    );
  }
  const values = readSecrets(context.path(secretsFile), secretsFile);
  const problems = valueProblems(values, settings);
  if (problems.length > 0) throw usageError(`${secretsFile}: ${problems.join('; ')}`);
  const cluster = clusterOf(settings, context);
  const before = await asking(readSecret(cluster, settings));
  const changes = compare(before ?? {}, values);
  const isNeeded = Object.values(changes).some((change) => change !== 'unchanged');
  if (!dryRun && isNeeded) await asking(writeSecret(cluster, settings, values));
  const { namespace, secret } = kubernetesNames(settings);
  if (json) return io.printJson({ namespace, secret, dry_run: dryRun, changes });
  io.print(...Object.entries(changes).map(([name, change]) => `${change.padEnd(10)} ${name}`));
  if (!isNeeded) return io.note(`Secret ${namespace}/${secret} is as ${secretsFile}; nothing to do`);
  io.note(`Secret ${namespace}/${secret} ${dryRun ? 'would be' : 'was'} ${before ? 'updated' : 'made'}`);
  if (before && !dryRun) {
    io.note(`pods read it when they start: kubectl rollout restart deployment --namespace ${namespace}`);
  }
}

function compare(before: SecretValues, after: SecretValues): Partial<Record<SecretName, Change>> {
  return Object.fromEntries(
    SECRET_NAMES.flatMap((name): [SecretName, Change][] => {
      const [old, now] = [before[name], after[name]];
      if (old === undefined && now === undefined) return [];
      if (old === undefined) return [[name, 'added']];
      if (now === undefined) return [[name, 'removed']];
      return [[name, old === now ? 'unchanged' : 'changed']];
    }),
  );
}
