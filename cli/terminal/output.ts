import { stripVTControlCharacters } from 'node:util';

/** Text from outside, made safe for a terminal: no escape sequences, no control characters. */
export function sanitize(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** `$3.20`; small amounts keep the digits that matter. */
export function usd(amount: number): string {
  if (amount === 0 || amount >= 0.01) return `$${amount.toFixed(2)}`;
  return amount < 0.0001 ? '<$0.0001' : `$${amount.toFixed(4)}`;
}

/** `1 key`, `3 keys`. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `2026-11-30` of a point in time, or a dash. */
export const day = (iso: string | null | undefined): string => iso?.slice(0, 10) ?? '–';
