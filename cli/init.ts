import { existsSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Provider } from '../catalog/model';
import { PROVIDER_CREDENTIALS } from '../settings/credentials';
import { parseSettings } from '../settings/load';
import { proposeSettings } from '../settings/propose';
import { SECRETS, type Secret } from '../settings/secrets';
import type { CommandContext } from './context';
import type { Environment } from './environment';
import { usageError } from './errors';
import { type CredentialOptions, type GlobalOptions, optionsOf, type SettingsOptions } from './options';
import { SETTINGS_FILE } from './settings-file';

/** One line of the secrets file, and where its value came from. */
interface Line {
  readonly secret: Secret;
  readonly value: string;
  readonly origin: 'generated' | 'environment' | 'blank';
}

/** `gateway init`: generates the secrets of a deployment, and settings where there are none. Overwrites nothing. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('init')
    .description(
      'write secrets.tfvars (new random secrets, provider credentials from the environment) and, if missing, gateway.yaml',
    )
    .option('--secrets-file <path>', 'where the secrets go', 'secrets.tfvars')
    .option('--settings <path>', 'settings file to read or write', SETTINGS_FILE)
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

function run(options: CredentialOptions & SettingsOptions & GlobalOptions, context: CommandContext): void {
  const report = init(options.secretsFile, options.settings, context);
  if (options.json) context.io.printJson(report.json);
  else context.io.print(report.text);
}

/** What `init` needs of a command's context. */
export type InitContext = Pick<CommandContext, 'env' | 'loadSettings' | 'path'>;

/** Writes both files and reports what it did, never what the secrets are. */
export function init(secretsFile: string, settingsFile: string, context: InitContext) {
  const { env, loadSettings, path } = context;
  const lines = SECRETS.map((secret) => lineOf(secret, env));
  const found = providersWithCredentials(lines, env);

  const settingsWritten = !existsSync(path(settingsFile));
  // Read before anything is written: settings that are wrong leave no secrets behind.
  const proposed = proposeSettings(
    found,
    found.filter((provider) => provider === 'bedrock' && isByRole(lines)),
  );
  const settings = settingsWritten ? parseSettings(proposed) : loadSettings(settingsFile, {});
  const secretsWritten = !existsSync(path(secretsFile));
  if (settingsWritten) write(path(settingsFile), settingsFile, proposed);
  if (secretsWritten) write(path(secretsFile), secretsFile, render(lines), 0o600);

  const blanks = (Object.keys(PROVIDER_CREDENTIALS) as Provider[])
    .filter((provider) => settings.providers[provider].credentials === 'variable')
    .flatMap((provider) =>
      PROVIDER_CREDENTIALS[provider].filter(({ required }) => required).map(({ secret }) => ({ provider, secret })),
    )
    .filter(({ secret }) => lines.find((line) => line.secret.name === secret)?.origin === 'blank');
  const proposal = !settingsWritten && blanks.length > 0 && found.length > 0 ? proposed : undefined;

  return {
    json: {
      secrets_file: path(secretsFile),
      secrets_written: secretsWritten,
      settings_file: path(settingsFile),
      settings_written: settingsWritten,
      providers_with_credentials: found,
      blank: secretsWritten ? blanks.map(({ secret }) => secret) : [],
    },
    text: [
      secretsWritten
        ? `wrote ${secretsFile} (mode 0600): ${lines.filter(({ origin }) => origin === 'generated').length} new secrets, ${lines.filter(({ origin }) => origin === 'environment').length} taken from the environment`
        : `kept ${secretsFile}: it already exists, and init never overwrites it`,
      settingsWritten
        ? `wrote ${settingsFile} for ${found.join(', ') || 'Anthropic (no credentials found yet)'}`
        : `kept ${settingsFile}`,
      ...(secretsWritten && blanks.length > 0
        ? [
            '',
            `${settingsFile} uses providers whose credentials are still blank in ${secretsFile}:`,
            ...blanks.map(({ provider, secret }) => `  ${secret} (${provider})`),
            `Fill them in, or switch the provider off.${proposal ? ' With the credentials found here, these settings would work:' : ''}`,
            ...(proposal ? ['', ...indented(proposal)] : []),
          ]
        : []),
      '',
      'next: make plan',
    ].join('\n'),
  };
}

function write(path: string, name: string, content: string, mode?: number): void {
  try {
    writeFileSync(path, content, { flag: 'wx', ...(mode === undefined ? {} : { mode }) });
  } catch (error) {
    throw usageError(
      `${name} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      'create its directory and check its permissions, or name another file with --secrets-file and --settings',
    );
  }
}

/** Whether Bedrock, where it was found, has no keys of its own. */
const isByRole = (lines: readonly Line[]): boolean =>
  lines.some(({ secret, origin }) => secret.name === 'aws_access_key_id' && origin === 'blank');

/** Settings without their comments, as part of a message. */
const indented = (settings: string): string[] =>
  settings
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => `  ${line}`);

function lineOf(secret: Secret, environment: Environment): Line {
  if (secret.generate) return { secret, value: secret.generate(), origin: 'generated' };
  const value = secret.environment?.map((name) => environment[name]).find((text) => text !== undefined && text !== '');
  return value ? { secret, value, origin: 'environment' } : { secret, value: '', origin: 'blank' };
}

/** Providers that could be switched on with the credentials found. */
function providersWithCredentials(lines: readonly Line[], environment: Environment): Provider[] {
  const has = (name: string) => lines.some(({ secret, origin }) => secret.name === name && origin === 'environment');
  return (Object.keys(PROVIDER_CREDENTIALS) as Provider[])
    .filter((provider) => {
      const required = PROVIDER_CREDENTIALS[provider].filter((credential) => credential.required);
      return required.length > 0 && required.every(({ secret }) => has(secret));
    })
    .concat(
      environment['AWS_ROLE_ARN'] || environment['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']
        ? (['bedrock'] as Provider[]).filter(() => !has('aws_access_key_id'))
        : [],
    );
}

function render(lines: readonly Line[]): string {
  const block = ({ secret, value, origin }: Line) =>
    [
      `# ${secret.purpose}${origin === 'blank' ? ' (BLANK: fill in if you use it)' : ''}`,
      `${secret.name} = ${hclString(value)}`,
    ].join('\n');
  return [
    '# Secrets of this deployment. Keep this file out of version control (it is git-ignored) and in a safe place:',
    '# with another key_derivation_secret every user gets a new key, and without litellm_salt_key stored credentials are lost.',
    '',
    lines.map(block).join('\n\n'),
    '',
  ].join('\n');
}

/** A quoted HCL string: JSON's escapes, and Terraform's template marks doubled. */
const hclString = (value: string) => JSON.stringify(value).replace(/[$%](?=\{)/g, (mark) => mark + mark);
