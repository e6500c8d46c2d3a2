import type { Command } from 'commander';
import type { CommandContext } from './context';
import { type GlobalOptions, optionsOf, type SettingsOptions, settingsOption } from './options';
import { picture } from './review/picture';
import { synthesizeHere } from './review/synthesize';
import { working } from './terminal/progress';

/** `gateway diagram`: the synthesized platform as a Mermaid picture. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('diagram')
    .description('a Mermaid diagram of what is deployed: containers, networks, ports, volumes')
    .addOption(settingsOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

async function run({ json, settings }: SettingsOptions & GlobalOptions, context: CommandContext): Promise<void> {
  const { io } = context;
  // What is wrong in the settings is reported as by every other command, before anything is synthesized.
  context.loadSettings(settings, {});
  const { platform } = await working(io, 'synthesizing', () => synthesizeHere(context.path(settings)));
  const mermaid = picture(platform);
  if (json) io.printJson({ mermaid });
  else io.print(mermaid);
}
