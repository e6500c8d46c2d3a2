import { createHash } from 'node:crypto';
import rateLimit from '@fastify/rate-limit';
import { Problem } from '../problem';
import type { App } from './app-type';

/** Requests a minute of one caller: a credential where there is one, else an address. */
export interface Limits {
  /** @default 1200 */
  readonly requestsAMinute: number;
  /** Wrong credentials from one address. @default 60 */
  readonly failuresAMinute: number;
}
export const DEFAULT_LIMITS: Limits = { requestsAMinute: 1200, failuresAMinute: 60 };

/** Probes and scrapers of the platform itself. */
const EXEMPT = ['/health', '/health/ready', '/metrics'];

/** Limits every caller on its own, so that one that runs wild takes nothing from the others. */
export async function registerRateLimits(app: App, { requestsAMinute }: Limits): Promise<void> {
  await app.register(rateLimit, {
    max: requestsAMinute,
    timeWindow: 60_000,
    cache: 10_000,
    keyGenerator: (request) => {
      const { authorization } = request.headers;
      return authorization ? createHash('sha256').update(authorization).digest('base64') : request.ip;
    },
    allowList: (request) => EXEMPT.includes(request.url.split('?')[0] ?? ''),
    errorResponseBuilder: (_request, { ttl, max }) => {
      const retryAfter = Math.ceil(ttl / 1000);
      return new Problem(429, {
        detail: `more than ${max} requests in a minute; wait ${retryAfter} seconds`,
        retryAfter,
      });
    },
  });
}
