import type { Command, CommanderError } from 'commander';
import { nearestWord } from '../catalog/nearest-word';

/** A wrong command line in words. */
export interface UsageExplanation {
  readonly message: string;
  readonly fix: string;
}

/** What commander says about wrong arguments, in the form of this program's other errors. */
export function explainUsage(error: CommanderError, program: Command, argv: readonly string[]): UsageExplanation {
  const help = `\`${commandPath(program, argv.slice(2))} --help\` shows what is possible`;
  // Commander has printed the help of a command that only holds others.
  if (error.code === 'commander.help') return { message: 'no command was given', fix: help };
  const [message = '', suggestion = nearestChoice(error.message)] = error.message
    .replace(/^error: /, '')
    .split(/\n\((Did you mean .*\?)\)$/s);
  return { message, fix: [suggestion, help].filter(Boolean).join(' ') };
}

/** The command that the words lead to, as far as they are known: `gateway keys create`. */
function commandPath(program: Command, words: readonly string[]): string {
  const path = [program.name()];
  let at = program;
  for (const word of words) {
    const next = at.commands.find((command) => command.name() === word);
    if (!next) continue;
    at = next;
    path.push(word);
  }
  return path.join(' ');
}

/** Commander suggests commands and options, not values. */
function nearestChoice(message: string): string | undefined {
  const [, value, list] = /(?:argument|value) '(.*)' is invalid.* Allowed choices are (.*)\.$/s.exec(message) ?? [];
  if (value === undefined || list === undefined) return undefined;
  const choice = nearestWord(value, list.split(', '));
  return choice && `Did you mean ${choice}?`;
}
