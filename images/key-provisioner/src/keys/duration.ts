/** Durations in LiteLLM's notation, a whole number followed by s, m, h or d: the one place that knows it. */

/** A duration of any length. */
export const DURATION = /^[1-9]\d*[smhd]$/;

/** A duration that a caller may ask for: five digits, which is 273 years at most. */
export const REQUESTED_DURATION = /^[1-9]\d{0,4}[smhd]$/;

/** What to say of text that is not a duration. */
export const DURATION_ERROR = 'must be a whole number followed by s, m, h or d, such as "30d"';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of a duration. @throws RangeError where it does not match {@link DURATION} */
export function durationSeconds(duration: string): number {
  if (!DURATION.test(duration)) throw new RangeError(`"${duration}" is not a duration; it ${DURATION_ERROR}`);
  const unit = duration.at(-1) as keyof typeof SECONDS;
  return Number(duration.slice(0, -1)) * SECONDS[unit];
}
