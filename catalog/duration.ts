const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of a span in LiteLLM's notation, `30d`. @throws RangeError for anything else */
export function seconds(duration: string): number {
  const match = /^([1-9]\d*)([smhd])$/.exec(duration);
  if (!match)
    throw new RangeError(`"${duration}" is not a span of time; write a whole number and s, m, h or d, such as 30d`);
  return Number(match[1]) * UNIT_SECONDS[match[2] as keyof typeof UNIT_SECONDS];
}
