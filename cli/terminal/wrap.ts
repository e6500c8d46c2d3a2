import { stripVTControlCharacters } from 'node:util';

/** A terminal narrower than this breaks lines better by itself. */
const NARROWEST_COLUMNS = 30;

/**
 * Prose broken between words at a width, the following lines indented by so many columns. A word that is too long stays whole;
 * at an infinite width, as of a file or a pipe, nothing is broken. Not for commands: a line break would change them.
 */
export function wrap(text: string, indent: number, width: number): string {
  if (width < NARROWEST_COLUMNS || width === Number.POSITIVE_INFINITY) return text;
  return text
    .split('\n')
    .map((line) => wrapLine(line, ' '.repeat(indent), width))
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
