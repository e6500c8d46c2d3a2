import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { IssuedKey } from '../../images/key-provisioner/src/contract';
import { CliError, EXIT, usageError } from '../errors';
import { day, print, printJson, usd } from '../terminal/output';
import { style } from '../terminal/style';
import { wrap } from '../terminal/wrap';
import { writePrivately } from '../write-privately';

/** Where a key that is shown once goes. */
export interface Destination {
  readonly file?: string;
  readonly json: boolean;
}

/**
 * Decides where a key will go, before it is made: a key nobody saw would have to be made again.
 *
 * @throws CliError (usage) where there is no terminal, file or `--json`, or the file cannot be written
 */
export function destination(options: { output?: string; json?: boolean; yes?: boolean }): Destination {
  const { output, json = false, yes = false } = options;
  if (output !== undefined) {
    checkWritable(output);
    if (existsSync(output) && !yes)
      throw usageError(`${output} exists already`, 'name another file, or add --yes to replace it');
    return { file: output, json };
  }
  if (!json && !process.stdout.isTTY) {
    throw usageError(
      'standard output is no terminal, and a key must not end in a log',
      'add --output FILE (written for you alone), or --json if a program reads it',
    );
  }
  return { json };
}

/** @throws CliError (usage) where a file could not be made there */
export function checkWritable(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw usageError(
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      'name a file in a folder that exists and is yours',
    );
  }
}

/** Hands a key over: the only moment it is visible. */
export async function deliver(issued: IssuedKey, to: Destination): Promise<void> {
  const { key, ...rest } = issued;
  if (to.file !== undefined) {
    try {
      await writePrivately(to.file, `${key}\n`);
    } catch (error) {
      throw new CliError(
        `the key "${issued.name}" exists, but ${to.file} could not be written: ${(error as Error).message}`,
        EXIT.usage,
        `gateway keys rotate ${issued.name} --output FILE   # makes a new one, ends the lost one`,
      );
    }
  }
  if (to.json) return printJson(to.file === undefined ? issued : { ...rest, file: to.file });
  const heading = issued.reused ? 'the key it already had' : 'new key';
  const limits = `${usd(issued.max_budget)} per ${issued.budget_duration} · ${issued.rpm_limit} requests a minute · expires ${day(issued.expires)}`;
  print(
    `${style.bold(issued.name)} · ${heading}${to.file === undefined ? ', shown this once:' : `, written to ${to.file} (readable by you alone)`}`,
    ...(to.file === undefined ? ['', `  ${key}`, ''] : []),
    wrap(limits),
    wrap(`models: ${issued.models.join(', ')}`),
  );
}
