import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import type { Colours, Io } from './io';

/** A column: its heading, and how soon it is left out where the terminal is narrow. */
export interface Column {
  readonly heading: string;
  /** Columns with a higher number are left out first; 0 always stays. @default 0 */
  readonly expendable?: number;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
}

const GAP = 2;
const length = (text: string) =>
  Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map((line) => [...line].length),
  );

/**
 * Rows as aligned columns that fit the width of standard output. Where it is too narrow, columns are left out in the order of
 * `expendable`; where even the indispensable ones do not fit, each row becomes a small block of lines.
 */
export function table({ style, width }: Io, columns: readonly Column[], rows: readonly string[][]): string {
  const widths = columns.map((column, index) =>
    Math.max(length(column.heading), ...rows.map((row) => length(row[index] ?? ''))),
  );
  let shown = columns.map((_, index) => index);
  const total = () => shown.reduce((sum, index) => sum + (widths[index] ?? 0) + GAP, -GAP);
  while (total() > width) {
    const worst = Math.max(...shown.map((index) => columns[index]?.expendable ?? 0));
    if (worst === 0) break;
    const last = shown.findLast((index) => (columns[index]?.expendable ?? 0) === worst);
    shown = shown.filter((index) => index !== last);
  }
  if (total() > width) return blocks(style, columns, rows);
  const grid = new Table({
    head: shown.map((index) => style.bold(columns[index]?.heading ?? '')),
    colAligns: shown.map((index) => columns[index]?.align ?? 'left'),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: ' '.repeat(GAP),
    },
  });
  grid.push(...rows.map((row) => shown.map((index) => row[index] ?? '')));
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function blocks(style: Colours, columns: readonly Column[], rows: readonly string[][]): string {
  return rows
    .map((row) =>
      row
        .map((cell, index) => (cell ? `${style.dim(`${columns[index]?.heading}:`)} ${cell}` : ''))
        .filter(Boolean)
        .join('\n'),
    )
    .join('\n\n');
}

/** `████████░░` for a share of a budget: yellow from three quarters, red from the whole. */
export function bar(style: Colours, share: number, cells = 10): string {
  const full = Math.min(cells, Math.max(0, Math.round(share * cells)));
  // Something spent is never drawn as nothing.
  const drawn = share > 0 ? Math.max(1, full) : 0;
  const text = '█'.repeat(drawn) + '░'.repeat(cells - drawn);
  return share >= 1 ? style.red(text) : share >= 0.75 ? style.yellow(text) : style.green(text);
}
