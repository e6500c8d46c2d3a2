/** Whether a text is a day of the calendar, `2026-11-30`. */
export function isDay(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(text) : undefined;
  // 2026-02-30 is read as the second of March.
  return day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
}

const DAY_MS = 86_400_000;

/** The day so many days later, or earlier where they are negative. */
export const shifted = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

/** `2026-12-01` of `2026-11-30`. */
export const dayAfter = (day: string): string => shifted(day, 1);
