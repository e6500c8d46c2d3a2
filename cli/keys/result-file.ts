import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { CommandContext } from '../context';
import { usageError } from '../errors';
import { writePrivately } from '../write-privately';

const HEADING = ['username', 'name', 'key', 'max_budget', 'budget_duration', 'rpm_limit', 'expires'] as const;
const rowSchema = z.object(
  Object.fromEntries(HEADING.map((column) => [column, z.string()])) as Record<(typeof HEADING)[number], z.ZodString>,
);
type Row = z.infer<typeof rowSchema>;

/** The keys of all runs of a bootstrap: a CSV file that only grows, readable only by its owner. */
export class ResultFile {
  private constructor(
    /** As it was named, for messages. */
    readonly name: string,
    private readonly path: string,
    private readonly rows: Row[],
  ) {}

  /**
   * Opens the file of an earlier run, or a new one, and makes sure that it can be written before a key is issued.
   *
   * @throws CliError (usage) where the file is something else, or cannot be written
   */
  static async open({ path: absolute }: CommandContext, name: string): Promise<ResultFile> {
    const path = absolute(name);
    let text: string | undefined;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT')
        throw usageError(
          `${name} cannot be read (${code})`,
          'check its permissions, or name another file with --output',
        );
    }
    const file = new ResultFile(name, path, text === undefined ? [] : rowsOf(name, text));
    if (text !== undefined) await file.save();
    return file;
  }

  /** Adds rows and writes the whole file anew. */
  async add(issued: readonly { [K in keyof Row]: string | number }[]): Promise<void> {
    const fresh = issued.map(
      (entry) => Object.fromEntries(HEADING.map((column) => [column, String(entry[column])])) as Row,
    );
    const replaced = new Set(fresh.map((row) => row.name));
    this.rows.splice(0, this.rows.length, ...this.rows.filter((row) => !replaced.has(row.name)), ...fresh);
    await this.save();
  }

  private async save(): Promise<void> {
    const lines = [HEADING, ...this.rows.map((row) => HEADING.map((column) => row[column]))];
    try {
      await writePrivately(this.path, `${lines.map((cells) => cells.map(quoted).join(',')).join('\n')}\n`);
    } catch (error) {
      throw usageError(
        `${this.name} cannot be written (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`,
        'check the permissions and the free space of its folder',
      );
    }
  }
}

function rowsOf(name: string, text: string): Row[] {
  const parsed = z.array(rowSchema).safeParse(tryParse(text));
  if (parsed.success) return parsed.data;
  throw usageError(`${name} exists and is not the result of an earlier bootstrap`, 'name another file with --output');
}

function tryParse(text: string): unknown {
  try {
    // A spreadsheet that saved it may have added a byte order mark and other line endings.
    return parse(text.replace(/\r\n?/g, '\n'), { bom: true, columns: true, skip_empty_lines: true });
  } catch {
    return undefined;
  }
}

/** A spreadsheet takes a leading `=`, `+`, `-`, `@` for a formula; a quote mark in front would change the name, so only CSV's own quoting is used. */
const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
