import { usageError } from '../../errors';
import { shifted } from '../day';

/** Days, UTC, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** @param from the first day @default - the first of the month of `to` @param to the last day @default - today */
export function daysOf(from: string | undefined, to: string | undefined, now: Date): Days {
  const last = to ?? now.toISOString().slice(0, 10);
  const first = from ?? `${last.slice(0, 7)}-01`;
  if (first > last) throw usageError(`--from ${first} is after --to ${last}`, 'give the earlier day to --from');
  return { from: first, to: last };
}

/** The first day of the next month, of a month such as `2026-11`. */
export function nextMonth(month: string): string {
  const next = new Date(`${month}-01T00:00:00Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return next.toISOString().slice(0, 10);
}

/** All days of a month, `2026-11`. */
export const daysOfMonth = (month: string): Days => ({ from: `${month}-01`, to: shifted(nextMonth(month), -1) });
