import { InvalidArgumentError, Option } from 'commander';
import { isDay } from './day';

/** Of commands that read the ledger of a demo. */
export interface DemoOptions {
  readonly demo?: string;
}

export const demoOption = () => new Option('--demo <directory>', "read a demo's ledger, in the directory it printed");

/** A day of the calendar. */
export function dayArgument(value: string): string {
  if (!isDay(value)) throw new InvalidArgumentError('It must be a date such as 2026-11-30.');
  return value;
}

/** A share in percent. */
export function percentArgument(value: string): number {
  const number = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || number > 100) {
    throw new InvalidArgumentError('It must be a number from 0 to 100, in percent, such as 0.5.');
  }
  return number;
}

/** How many. */
export function countArgument(value: string): number {
  const number = Number(value);
  if (!/^[1-9]\d*$/.test(value) || !Number.isSafeInteger(number)) {
    throw new InvalidArgumentError('It must be a whole number above zero.');
  }
  return number;
}

/** A month of the calendar. */
export function monthArgument(value: string): string {
  if (!/^\d{4}-\d{2}$/.test(value) || !isDay(`${value}-01`)) {
    throw new InvalidArgumentError('It must be a month such as 2026-11.');
  }
  return value;
}
