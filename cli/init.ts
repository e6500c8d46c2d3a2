import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Provider } from '../catalog/model';
import { PROVIDER_CREDENTIALS } from '../settings/credentials';
import { loadSettings, parseSettings } from '../settings/load';
import { proposeSettings } from '../settings/propose';
import { SECRETS, type Secret } from '../settings/secrets';
import { usageError } from './errors';

/** What `gateway init` did with one line of the secrets file. */
interface Line {
  readonly secret: Secret;
  readonly value: string;
  readonly origin: 'generated' | 'environment' | 'blank';
}

/** `gateway init`: makes the secrets of a deployment, and settings where there are none. Overwrites nothing. */
export function register(program: Command): void {
  program
    .command('init')
    .description(
      'write secrets.tfvars (new random secrets, provider credentials from the environment) and, if missing, gateway.yaml',
    )
    .option('--secrets-file <path>', 'where the secrets go', 'secrets.tfvars')
    .option('--settings <path>', 'settings file to read or write', 'gateway.yaml')
    .action((options: { secretsFile: string; settings: string }, command: Command) => {
      const json = Boolean(command.optsWithGlobals<{ json?: boolean }>().json);
      const report = init(options.secretsFile, options.settings, process.env);
      process.stdout.write(json ? `${JSON.stringify(report.json, null, 2)}\n` : report.text);
    });
}

/** Writes both files and says what it did, never what the secrets are. */
export function init(secretsFile: string, settingsFile: string, environment: NodeJS.ProcessEnv) {
  const lines = SECRETS.map((secret) => lineOf(secret, environment));
  const found = providersWithCredentials(lines, environment);

  const settingsWritten = !existsSync(settingsFile);
  // Read before anything is written: settings that are wrong leave no secrets behind.
  const proposed = proposeSettings(
    found,
    found.filter((provider) => provider === 'bedrock' && isByRole(lines)),
  );
  const settings = settingsWritten ? parseSettings(proposed) : loadSettings(settingsFile);
  const secretsWritten = !existsSync(secretsFile);
  if (settingsWritten) write(settingsFile, proposed);
  if (secretsWritten) write(secretsFile, render(lines), 0o600);

  const blanks = (Object.keys(PROVIDER_CREDENTIALS) as Provider[])
    .filter((provider) => settings.providers[provider].credentials === 'variable')
    .flatMap((provider) =>
      PROVIDER_CREDENTIALS[provider].filter(({ required }) => required).map(({ secret }) => ({ provider, secret })),
    )
    .filter(({ secret }) => lines.find((line) => line.secret.name === secret)?.origin === 'blank');
  const proposal = !settingsWritten && blanks.length > 0 && found.length > 0 ? proposed : undefined;

  return {
    json: {
      secrets_file: resolve(secretsFile),
      secrets_written: secretsWritten,
      settings_file: resolve(settingsFile),
      settings_written: settingsWritten,
      providers_with_credentials: found,
      blank: secretsWritten ? blanks.map(({ secret }) => secret) : [],
    },
    text: [
      secretsWritten
        ? `wrote ${secretsFile} (mode 0600): ${lines.filter(({ origin }) => origin === 'generated').length} new secrets, ${lines.filter(({ origin }) => origin === 'environment').length} taken from the environment`
        : `kept ${secretsFile}: it is there already, and init never overwrites it`,
      settingsWritten
        ? `wrote ${settingsFile} for ${found.join(', ') || 'Anthropic (no credentials found yet)'}`
        : `kept ${settingsFile}`,
      ...(secretsWritten && blanks.length > 0
        ? [
            '',
            `${settingsFile} uses providers whose credentials are still blank in ${secretsFile}:`,
            ...blanks.map(({ provider, secret }) => `  ${secret} (${provider})`),
            `Fill them in, or switch the provider off.${proposal ? ' With the credentials found here, this would do:' : ''}`,
            ...(proposal ? ['', ...indented(proposal)] : []),
          ]
        : []),
      '',
      'next: make plan',
      '',
    ].join('\n'),
  };
}

function write(file: string, content: string, mode?: number): void {
  try {
    writeFileSync(file, content, { mode, flag: 'wx' });
  } catch (error) {
    throw usageError(
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      'make its directory and let it be written to, or name another file with --secrets-file and --settings',
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

function lineOf(secret: Secret, environment: NodeJS.ProcessEnv): Line {
  if (secret.generate) return { secret, value: secret.generate(), origin: 'generated' };
  const value = secret.environment?.map((name) => environment[name]).find((text) => text !== undefined && text !== '');
  return value ? { secret, value, origin: 'environment' } : { secret, value: '', origin: 'blank' };
}

/** Providers that could be switched on with what is at hand. */
function providersWithCredentials(lines: readonly Line[], environment: NodeJS.ProcessEnv): Provider[] {
  const has = (name: string) => lines.some(({ secret, origin }) => secret.name === name && origin === 'environment');
  return (Object.keys(PROVIDER_CREDENTIALS) as Provider[])
    .filter((provider) => {
      const required = PROVIDER_CREDENTIALS[provider].filter((credential) => credential.required);
      return required.length > 0 && required.every(({ secret }) => has(secret));
    })
    .concat(
      environment.AWS_ROLE_ARN || environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
        ? (['bedrock'] as Provider[]).filter(() => !has('aws_access_key_id'))
        : [],
    );
}

function render(lines: readonly Line[]): string {
  const block = ({ secret, value, origin }: Line) =>
    [
      `# ${secret.purpose}${origin === 'blank' ? ' (BLANK: fill in where it is used)' : ''}`,
      `${secret.name} = ${hclString(value)}`,
    ].join('\n');
  return [
    '# Secrets of this deployment. Keep this file out of version control (it is git-ignored) and in a safe place:',
    '# with another key_derivation_secret everybody gets a new key, and without litellm_salt_key stored credentials are lost.',
    '',
    lines.map(block).join('\n\n'),
    '',
  ].join('\n');
}

/** A quoted HCL string: JSON's escapes, and Terraform's template marks doubled. */
const hclString = (value: string) => JSON.stringify(value).replace(/[$%](?=\{)/g, (mark) => mark + mark);
