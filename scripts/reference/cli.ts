import type { Command } from 'commander';
import { processContext } from '../../cli/context';
import { buildProgram } from '../../cli/program';

/** `docs/reference/cli.md`: every command and option, from the program itself. */
export function cliReference(): string {
  const program = buildProgram(processContext(process));
  return [
    '# Command line: `gateway`',
    '',
    'Generated from `cli/` by `npm run reference`. `npx gateway COMMAND --help` prints the same.',
    '',
    '`--json` prints one JSON document instead of text, for every command; an error, wrong arguments included, is then one line',
    '`{"error": {"message", "exit_code", "fix"}}` on standard error. Exit codes: 0 success · 1 findings or failed checks ·',
    '2 wrong arguments, settings or files · 3 refused by the service · 4 unreachable · 70 internal error · 130 interrupted.',
    '',
    ...commandsOf(program).flatMap(({ path, command }) => section(path, command)),
  ].join('\n');
}

function commandsOf(parent: Command, path: string[] = ['gateway']): { path: string; command: Command }[] {
  return parent.commands
    .filter((command) => command.name() !== 'help')
    .flatMap((command) => {
      const here = [...path, command.name()];
      return command.commands.length > 0 ? commandsOf(command, here) : [{ path: here.join(' '), command }];
    });
}

function section(path: string, command: Command): string[] {
  const argumentsOf = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? '...' : '');
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const options = command.options.filter((option) => !option.hidden);
  return [
    `## \`${[path, ...argumentsOf].join(' ')}\``,
    '',
    sentence(command.description()),
    '',
    ...(options.length > 0
      ? [
          '| option | meaning | default |',
          '|---|---|---|',
          ...options.map(
            (option) =>
              `| \`${option.flags.replaceAll('|', '\\|')}\` | ${option.description.replaceAll('|', '\\|')} | ${option.defaultValue === undefined || option.defaultValue === false ? '–' : `\`${JSON.stringify(option.defaultValue)}\``} |`,
          ),
          '',
        ]
      : []),
  ];
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1).replace(/\.?$/, '.');
