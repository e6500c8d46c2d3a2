import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { usageError } from '../../errors';

/** One line of a CSV file: its cells by their headings. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** A CSV file, opened. */
export interface CsvFile {
  /** In their order. */
  readonly headings: readonly string[];
  readonly records: AsyncIterable<CsvRecord>;
}

/**
 * Opens a CSV file, compressed where its name ends with `.gz`, and reads its headings; the rest is read as it is asked for, since
 * cost exports have gigabytes.
 *
 * @param file as it was named, for errors
 * @throws CliError (usage) where it cannot be read, or a line is broken
 */
export async function openCsv(path: string, file: string): Promise<CsvFile> {
  const source = createReadStream(path);
  const parser = parse({
    bom: true,
    columns: false,
    skip_empty_lines: true,
    relax_column_count: false,
    info: true,
    trim: true,
  });
  const plain = path.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  source.once('error', (error) => parser.destroy(error));
  plain.once('error', (error: Error) => parser.destroy(error));
  plain.pipe(parser);
  const rows = parser[Symbol.asyncIterator]() as AsyncIterator<{ record: string[]; info: { lines: number } }>;
  const next = () =>
    rows.next().catch((error: unknown) => {
      throw unreadable(file, error);
    });
  const first = await next();
  if (first.done) throw usageError(`${file} is empty`);
  const headings = first.value.record;
  async function* records(): AsyncGenerator<CsvRecord> {
    for (let row = await next(); !row.done; row = await next()) {
      const { record, info } = row.value;
      yield { line: info.lines, cells: Object.fromEntries(headings.map((heading, at) => [heading, record[at] ?? ''])) };
    }
  }
  return { headings, records: records() };
}

function unreadable(file: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof CsvError) return usageError(`${file} is not a well-formed CSV file: ${message}`);
  return usageError(`${file} cannot be read (${code ?? message})`, 'check its name and permissions');
}
