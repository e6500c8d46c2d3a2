import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { IssuedKey } from '../../images/key-provisioner/src/contract';
import type { CommandContext } from '../context';
import { CliError, EXIT, usageError } from '../errors';
import type { GlobalOptions, OutputOptions } from '../options';
import type { Io } from '../terminal/io';
import { day, usd } from '../terminal/output';
import { writePrivately } from '../write-privately';

/** Where a key that is shown once goes. */
export interface Destination {
  readonly file?: { readonly name: string; readonly path: string };
  readonly json: boolean;
}

/**
 * Decides where a key will go, before it is issued: a key that nobody saw would have to be replaced.
 *
 * @throws CliError (usage) where there is no terminal, file or `--json`, or the file cannot be written
 */
export function destination({ io, path }: CommandContext, options: OutputOptions & GlobalOptions): Destination {
  const { output, json = false, yes = false } = options;
  if (output !== undefined) {
    checkWritable(path(output), output);
    if (existsSync(path(output)) && !yes)
      throw usageError(`${output} already exists`, 'name another file, or add --yes to replace it');
    return { file: { name: output, path: path(output) }, json };
  }
  if (!json && !io.stdout.isTTY) {
    throw usageError(
      'standard output is not a terminal, and a key must not end up in a log',
      'add --output FILE (readable only by you), or --json if a program reads the key',
    );
  }
  return { json };
}

/**
 * @param name as it was named, for the message
 * @throws CliError (usage) where a file could not be created at this path
 */
export function checkWritable(path: string, name: string): void {
  try {
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw usageError(
      `${name} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      'name a file in a folder that exists and that you may write to',
    );
  }
}

/** Hands a key over: the only moment it is visible. */
export async function deliver(io: Io, issued: IssuedKey, to: Destination): Promise<void> {
  const { key, ...rest } = issued;
  if (to.file !== undefined) {
    try {
      await writePrivately(to.file.path, `${key}\n`);
    } catch (error) {
      throw new CliError(
        `the key "${issued.name}" was issued, but ${to.file.name} could not be written: ${(error as Error).message}`,
        EXIT.usage,
        `replace the lost key: gateway keys rotate ${issued.name} --output FILE`,
      );
    }
  }
  if (to.json) return io.printJson(to.file === undefined ? issued : { ...rest, file: to.file.name });
  const heading = issued.reused ? 'existing key' : 'new key';
  const limits = `${usd(issued.max_budget)} per ${issued.budget_duration} · ${issued.rpm_limit} requests${issued.tpm_limit === null ? '' : ` and ${issued.tpm_limit} tokens`} per minute · expires ${day(issued.expires)}`;
  io.print(
    `${io.style.bold(issued.name)} · ${heading}${to.file === undefined ? ', shown only once:' : `, written to ${to.file.name} (readable only by you)`}`,
    ...(to.file === undefined ? ['', `  ${key}`, ''] : []),
    io.wrap(limits),
    io.wrap(`models: ${issued.models.join(', ')}`),
  );
}
