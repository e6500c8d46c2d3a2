import { stripVTControlCharacters } from 'node:util';
import { terminalWidth } from './style';

/** A terminal narrower than this breaks lines better by itself. */
const NARROWEST = 30;

/**
 * Prose broken between words where the terminal ends, the lines that follow indented by so many columns, or by a
 * mark of their own. A word that is too
 * long stays whole; and in a file or a pipe nothing is broken. Not for commands: a line break would change them.
 */
export function wrap(text: string, indent: number | string = 0, width = terminalWidth()): string {
  if (width < NARROWEST || width === Number.POSITIVE_INFINITY) return text;
  return text
    .split('\n')
    .map((line) => wrapLine(line, typeof indent === 'string' ? indent : ' '.repeat(indent), width))
    .join('\n');
}

const columns = (text: string) => [...stripVTControlCharacters(text)].length;

function wrapLine(line: string, indent: string, width: number): string {
  const lines: string[] = [];
  let current: string | undefined;
  for (const word of line.split(/(?<=\S) /)) {
    if (current !== undefined && columns(current) + 1 + columns(word) <= width) current += ` ${word}`;
    else {
      if (current !== undefined) lines.push(current);
      current = current === undefined ? word : indent + word;
    }
  }
  return [...lines, current ?? ''].join('\n');
}
