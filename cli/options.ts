import { type Command, InvalidArgumentError, Option } from 'commander';
import { SETTINGS_FILE } from './settings-file';

/** Options of the program itself, which every command has. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly yes?: boolean;
}

/** Of commands that read the settings. */
export interface SettingsOptions {
  readonly settings: string;
}

/** Of commands that act with the admin credential. */
export interface CredentialOptions {
  readonly secretsFile: string;
}

/** Of commands that can write a key to a file. */
export interface OutputOptions {
  readonly output?: string;
}

/** Of commands that depend on the date. */
export interface DateOptions {
  /** ISO date. */
  readonly today?: string;
}

/** A command's own options together with the global ones. */
export const optionsOf = <Own extends object = object>(command: Command): Own & GlobalOptions =>
  command.optsWithGlobals<Own & GlobalOptions>();

export const settingsOption = () =>
  new Option('--settings <file>', 'settings of the deployment').default(SETTINGS_FILE);

export const secretsFileOption = () =>
  new Option('--secrets-file <file>', 'holds the admin credential').default('secrets.tfvars');

export const keyOutputOption = () =>
  new Option('-o, --output <file>', 'write the key to this file, readable only by you');

export const todayOption = () =>
  new Option('--today <date>', 'use this date instead of today, such as 2026-11-30').argParser(isoDate);

/** The date a command works with, ISO. */
export const todayOf = ({ today }: DateOptions, now: () => Date): string => today ?? now().toISOString().slice(0, 10);

function isoDate(value: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || Number.isNaN(Date.parse(value))) {
    throw new InvalidArgumentError('It must be a date such as 2026-11-30.');
  }
  return value;
}
