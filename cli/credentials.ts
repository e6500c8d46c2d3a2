import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from './context';
import { usageError } from './errors';
import { tfvarsString } from './secrets-file';
import { askHidden } from './terminal/ask';

/**
 * The credential of the key-provisioner's admin API: `GATEWAY_ADMIN_TOKEN`, else `provisioner_admin_token` of
 * `secrets.tfvars`. Never an argument, since arguments are visible to every process on the machine.
 *
 * @throws CliError (usage) where there is neither
 */
export function adminToken(context: CommandContext, secretsFile: string): string {
  const token = tryAdminToken(context, secretsFile);
  if (token) return token;
  throw usageError(
    `no admin credential: GATEWAY_ADMIN_TOKEN is not set, and there is no provisioner_admin_token in ${secretsFile}`,
    'run this in the directory of secrets.tfvars, name that file with --secrets-file, or set GATEWAY_ADMIN_TOKEN',
  );
}

/** The same, or undefined where there is none. */
export const tryAdminToken = ({ env, path }: CommandContext, secretsFile: string): string | undefined =>
  env['GATEWAY_ADMIN_TOKEN'] || variableOf(path(secretsFile), secretsFile, 'provisioner_admin_token');

/** One string of a tfvars file; `gateway init` writes plain `name = "value"` lines. */
function variableOf(path: string, file: string, name: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw usageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, 'check its permissions');
  }
  const found = tfvarsString(text, name);
  return found === undefined || found === 'other' ? undefined : found.value || undefined;
}

/** A Coder session token: ten characters of id, a hyphen, twenty-two of secret. */
const SESSION_TOKEN = /^[A-Za-z0-9]{10}-[A-Za-z0-9]{22}$/;

/**
 * The Coder session token of whoever runs this: `CODER_SESSION_TOKEN`, else what `coder login` stored, else typed in.
 *
 * @throws CliError (usage) where none is found, or what was found is only the id of a token
 */
export async function coderSessionToken({ env, io }: CommandContext): Promise<string> {
  const fromEnvironment = env['CODER_SESSION_TOKEN'];
  if (fromEnvironment) return checked(fromEnvironment, 'CODER_SESSION_TOKEN');
  const file = join(env['CODER_CONFIG_DIR'] || join(env['HOME'] || homedir(), '.config', 'coderv2'), 'session');
  const fromFile = readIfPresent(file);
  if (fromFile) return checked(fromFile, file);
  const alternative = 'set CODER_SESSION_TOKEN, or run `coder login` first';
  const typed = await askHidden(io, 'Coder session token (`coder tokens create` prints one)', alternative);
  return checked(typed, 'the input');
}

function checked(value: string, source: string): string {
  const token = value.trim();
  if (SESSION_TOKEN.test(token)) return token;
  if (/^[A-Za-z0-9]{10}$/.test(token)) {
    throw usageError(
      `${source} contains the id of a Coder token, not the token itself`,
      'a token has a second part after a hyphen and is shown only once: create another with `coder tokens create`',
    );
  }
  throw usageError(
    `${source} contains no Coder session token`,
    'create one with `coder tokens create`, or run `coder login`',
  );
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
