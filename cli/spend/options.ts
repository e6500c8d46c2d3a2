import { InvalidArgumentError, Option } from 'commander';

/** Of commands that read the ledger of a demo. */
export interface DemoOptions {
  readonly demo?: string;
}

export const demoOption = () => new Option('--demo <directory>', "read a demo's ledger, in the directory it printed");

/** A day of the calendar. */
export function dayArgument(value: string): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(value) : undefined;
  // 2026-02-30 is read as the second of March.
  if (!day || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== value) {
    throw new InvalidArgumentError('It must be a date such as 2026-11-30.');
  }
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
