import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import { nearestWord } from '../../catalog/nearest-word';
import { usageError } from '../errors';

/** A line of a table, its cells by their headings. */
export interface TableLine {
  /** Of the file, counted from 1; where a cell has several lines, the first. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
  /** Cells beyond the last heading. */
  readonly surplus: number;
}

interface Entry {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads a small CSV file as spreadsheets write it: with a byte order mark or without, any ending of lines, comma, semicolon or tab.
 * Empty lines and lines that begin with `#` are left out; anywhere else `#` is part of a cell.
 *
 * @param file as it was named, for messages
 * @param columns that may be there; the first one must
 * @throws CliError (usage) where it cannot be read, is not UTF-8, or its headings are others
 */
export function readTable(path: string, file: string, columns: readonly [string, ...string[]]): TableLine[] {
  const text = decoded(path, file, columns[0]);
  const [heading, ...entries] = parsed(text, file);
  const headings = withoutEmptyEnd(heading?.record ?? []);
  checkHeadings(headings, file, columns);
  return entries.map(({ record, info }) => ({
    line: info.lines - record.join('').split('\n').length + 1,
    cells: Object.fromEntries(headings.map((name, at) => [name, (record[at] ?? '').trim()])),
    // A spreadsheet ends every line with the cells of its widest one.
    surplus: record.slice(headings.length).filter((cell) => cell !== '').length,
  }));
}

function decoded(path: string, file: string, column: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw usageError(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code})`,
      `name a CSV file with a column "${column}"`,
    );
  }
  try {
    if (bytes.includes(0)) throw new TypeError('NUL');
    // The parser counts "\r\n" within quotes as two lines.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n');
  } catch {
    throw usageError(
      `${file} is not text in UTF-8`,
      'save it as "CSV UTF-8" in the spreadsheet, or convert it with iconv',
    );
  }
}

function parsed(text: string, file: string): Entry[] {
  try {
    return parse(text, {
      delimiter: delimiterOf(text),
      record_delimiter: '\n',
      trim: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      relax_column_count: true,
      comment: '#',
      comment_no_infix: true,
      info: true,
    }) as unknown as Entry[];
  } catch (error) {
    if (error instanceof CsvError) throw usageError(`${file} is not a valid CSV file: ${error.message}`);
    throw error;
  }
}

/** A spreadsheet also writes the columns beside the table. */
function withoutEmptyEnd(headings: readonly string[]): string[] {
  const end = headings.findLastIndex((heading) => heading !== '') + 1;
  return headings.slice(0, end);
}

/** Of the heading, whose names hold none of these. */
function delimiterOf(text: string): string {
  const heading = text.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
  return [',', ';', '\t'].find((delimiter) => heading.includes(delimiter)) ?? ',';
}

function checkHeadings(headings: readonly string[], file: string, columns: readonly [string, ...string[]]): void {
  const [required] = columns;
  for (const [at, heading] of headings.entries()) {
    if (headings.indexOf(heading) !== at) throw usageError(`${file} has the column "${heading}" twice`, 'remove one');
    if (columns.includes(heading)) continue;
    const nearest = nearestWord(heading, columns);
    throw usageError(
      `${file} has a column "${heading}"; allowed are ${columns.join(', ')}`,
      nearest && `did you mean "${nearest}"?`,
    );
  }
  if (!headings.includes(required))
    throw usageError(`${file} has no column "${required}"`, 'its first line must name the columns');
}
