import { durationSeconds } from '../../../images/key-provisioner/src/keys/duration';

/**
 * When the budget window began whose end LiteLLM has noted: that is from where on requests count for the counter.
 *
 * LiteLLM ends windows by the calendar (measured): `30d` on the first of the month, `7d` on Mondays, `1d` at midnight UTC.
 *
 * @param duration in LiteLLM's notation: `30d`, `1mo`; null for a budget that is never renewed
 * @param resetAt the end of the window, ISO 8601
 * @returns undefined where the counter is never reset
 */
export function windowStart(duration: string | null, resetAt: string | null): string | undefined {
  const [, amount, unit] = /^([1-9]\d*)(mo|[smhdw])$/.exec(duration ?? '') ?? [];
  if (!duration || !amount || !resetAt) return undefined;
  const end = new Date(resetAt);
  if (Number.isNaN(end.getTime())) return undefined;
  const months = unit === 'mo' ? Number(amount) : unit === 'd' && Number(amount) === 30 ? 1 : 0;
  if (months > 0) end.setUTCMonth(end.getUTCMonth() - months);
  else end.setTime(end.getTime() - durationSeconds(unit === 'w' ? `${Number(amount) * 7}d` : duration) * 1000);
  return end.toISOString();
}
