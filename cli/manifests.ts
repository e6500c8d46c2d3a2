import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { makeDirectory } from '../make-directory';
import type { CommandContext } from './context';
import { usageError } from './errors';
import { type GlobalOptions, optionsOf, type SettingsOptions, settingsOption } from './options';
import { synthesizeManifests } from './review/synthesize';
import { working } from './terminal/progress';

interface Options extends SettingsOptions, GlobalOptions {
  readonly output?: string;
}

/** A file that this command has written, and may remove. */
const OWN = /^\d+-[a-z]+-[a-z0-9.-]+\.yaml$/;

/** `gateway manifests`: the objects of a deployment on Kubernetes as YAML, for Argo CD, Flux or kubectl. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('manifests')
    .description(
      'on Kubernetes: the objects of the platform as YAML, for Argo CD, Flux or kubectl; secrets by reference',
    )
    .option('-o, --output <directory>', 'write one file per object there, in the place of those of an earlier run')
    .addOption(settingsOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

async function run({ json, settings: file, output }: Options, context: CommandContext): Promise<void> {
  const { io } = context;
  const settings = context.loadSettings(file, {});
  if (settings.target !== 'kubernetes')
    throw usageError(`${file} has target: docker, which has no such objects`, 'set target: kubernetes');
  const files = await working(io, 'synthesizing', () => synthesizeManifests(context.path(file)));
  if (output === undefined) {
    if (json) io.printJson({ files });
    else io.print(files.map(({ content }) => content.trimEnd()).join('\n---\n'));
    return;
  }
  const directory = context.path(output);
  write(directory, output, files);
  if (json) io.printJson({ output, files: files.map(({ name }) => name) });
  else io.note(`${output}: ${files.length} objects`);
}

/** An object that is gone must not stay behind as a file; what somebody else put there does. */
function write(directory: string, named: string, files: readonly { name: string; content: string }[]): void {
  try {
    makeDirectory(directory);
    for (const name of readdirSync(directory).filter((each) => OWN.test(each))) rmSync(join(directory, name));
    for (const { name, content } of files) writeFileSync(join(directory, name), content);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw usageError(`${named} cannot be written (${code})`, 'name another directory with --output');
  }
}
