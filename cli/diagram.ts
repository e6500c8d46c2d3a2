import type { Command } from 'commander';
import { optionsOf } from './context';
import { picture } from './review/picture';
import { synthesizeHere } from './review/synthesize';
import { print, printJson } from './terminal/output';
import { working } from './terminal/progress';

/** `gateway diagram`: the synthesized platform as a Mermaid picture. */
export function register(program: Command): void {
  program
    .command('diagram')
    .description('a Mermaid picture of what is deployed: containers, networks, ports, volumes')
    .action(async (_: unknown, command: Command) => {
      const { json, settings } = optionsOf(command);
      const { platform } = await working('synthesizing', () => synthesizeHere(settings));
      const mermaid = picture(platform);
      if (json) printJson({ mermaid });
      else print(mermaid);
    });
}
