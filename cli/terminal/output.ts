import { stripVTControlCharacters } from 'node:util';

/** Prints lines on standard output. */
export function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Prints lines on standard error: notes and progress, so that standard output holds results alone. */
export function note(...lines: string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** Prints one JSON document. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Text from outside, made harmless for a terminal: no escape sequences, no control characters. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** `$3.20`; small amounts keep the digits that matter. */
export function usd(amount: number): string {
  if (amount === 0 || amount >= 0.01) return `$${amount.toFixed(2)}`;
  return amount < 0.0001 ? '<$0.0001' : `$${amount.toFixed(4)}`;
}

/** `1 key`, `3 keys`. */
export const things = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `2026-11-30` of a point in time, or a dash. */
export const day = (iso: string | null | undefined): string => iso?.slice(0, 10) ?? '–';

/** A reader that left (`| head`) is no error: nothing more to say, and nothing to complain about. */
export function endQuietlyOnBrokenPipe(leave: (exitCode: number) => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      leave(Number(process.exitCode ?? 0));
    });
  }
}
