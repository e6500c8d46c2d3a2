import { createHash } from 'node:crypto';
import rateLimit from '@fastify/rate-limit';
import { Problem } from '../problem';
import type { App } from './app-type';

/** Limits for one caller: a credential where there is one, else an address. */
export interface Limits {
  /** Requests of one caller. @default 1200 */
  readonly requestsPerMinute: number;
  /** Wrong credentials from one address. @default 60 */
  readonly failuresPerMinute: number;
}
/** The limits of a deployed service. */
export const DEFAULT_LIMITS: Limits = { requestsPerMinute: 1200, failuresPerMinute: 60 };

/** How long requests are counted. */
const WINDOW_MS = 60_000;

/** For probes and scrapers of the platform itself. */
const EXEMPT = ['/health', '/health/ready', '/metrics'];

/** Limits every caller separately, so that one that sends too much does not slow down the others. */
export async function registerRateLimits(app: App, { requestsPerMinute }: Limits): Promise<void> {
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: WINDOW_MS,
    cache: 10_000,
    keyGenerator: (request) => {
      const { authorization } = request.headers;
      return authorization ? createHash('sha256').update(authorization).digest('base64') : request.ip;
    },
    allowList: (request) => EXEMPT.includes(request.url.split('?')[0] ?? ''),
    errorResponseBuilder: (_request, { ttl, max }) => {
      const retryAfter = Math.ceil(ttl / 1000);
      return new Problem(429, {
        detail: `more than ${max} requests in a minute; try again in ${retryAfter} s`,
        retryAfter,
      });
    },
  });
}
