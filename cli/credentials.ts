import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { usageError } from './errors';
import { askHidden } from './terminal/ask';

/**
 * The credential of the key-provisioner's admin API: `GATEWAY_ADMIN_TOKEN`, else `provisioner_admin_token` of
 * `secrets.tfvars`. Never an argument, since arguments are visible to every process of the machine.
 *
 * @throws CliError (usage) where neither is there
 */
export function adminToken(secretsFile: string): string {
  const token = tryAdminToken(secretsFile);
  if (token) return token;
  throw usageError(
    `no admin credential: GATEWAY_ADMIN_TOKEN is not set, and ${secretsFile} holds no provisioner_admin_token`,
    'run this where secrets.tfvars is, name it with --secrets-file, or set GATEWAY_ADMIN_TOKEN',
  );
}

/** The same, or nothing. */
export const tryAdminToken = (secretsFile: string): string | undefined =>
  process.env['GATEWAY_ADMIN_TOKEN'] || variableOf(secretsFile, 'provisioner_admin_token');

/** One string of a tfvars file; `gateway init` writes plain `name = "value"` lines. */
function variableOf(file: string, name: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw usageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, 'check its permissions');
  }
  const value = new RegExp(`^\\s*${name}\\s*=\\s*"((?:[^"\\\\]|\\\\.)*)"`, 'm').exec(text)?.[1];
  return value?.replace(/\\(["\\])/g, '$1') || undefined;
}

/** A Coder session token: ten characters of id, a hyphen, twenty-two of secret. */
const SESSION_TOKEN = /^[A-Za-z0-9]{10}-[A-Za-z0-9]{22}$/;

/**
 * The asking person's Coder session token: `CODER_SESSION_TOKEN`, else what `coder login` left behind, else typed in.
 *
 * @throws CliError (usage) where none is found, or what was found is only a token's id
 */
export async function coderSessionToken(): Promise<string> {
  const fromEnvironment = process.env['CODER_SESSION_TOKEN'];
  if (fromEnvironment) return checked(fromEnvironment, 'CODER_SESSION_TOKEN');
  const file = join(process.env['CODER_CONFIG_DIR'] || join(homedir(), '.config', 'coderv2'), 'session');
  const fromFile = readIfThere(file);
  if (fromFile) return checked(fromFile, file);
  const hint = 'set CODER_SESSION_TOKEN, or run `coder login` first';
  return checked(await askHidden('Coder session token (`coder tokens create` prints one)', hint), 'what was typed');
}

function checked(value: string, source: string): string {
  const token = value.trim();
  if (SESSION_TOKEN.test(token)) return token;
  if (/^[A-Za-z0-9]{10}$/.test(token)) {
    throw usageError(
      `${source} holds the id of a Coder token, not the token`,
      'a token has a second part after a hyphen and is shown only once: make another with `coder tokens create`',
    );
  }
  throw usageError(
    `${source} holds no Coder session token`,
    'make one with `coder tokens create`, or run `coder login`',
  );
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
