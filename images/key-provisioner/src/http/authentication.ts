import type { FastifyRequest } from 'fastify';
import { sameSecret } from '../identity/constant-time';
import { Problem, unauthorized } from '../problem';

/** Kinds of credentials; wrong ones are counted separately for each kind. */
export type CredentialKind = 'workspace' | 'operator' | 'person' | 'key';

/** Most addresses remembered, so that forged ones do not fill the memory. */
const CAPACITY = 10_000;
/** For how long wrong credentials are counted. */
const WINDOW_MS = 60_000;

/** Takes credentials from requests, and stops an address that keeps presenting wrong ones. */
export class Authentication {
  private readonly failures = new Map<string, { count: number; since: number }>();

  /** @param failuresPerMinute wrong credentials of one kind from one address, after which it must wait */
  constructor(
    private readonly adminToken: string,
    private readonly failuresPerMinute: number,
  ) {}

  /** The bearer credential of a request. @throws Problem 401 where there is none, 429 for an address that must wait */
  bearer(request: FastifyRequest, kind: CredentialKind, what: string): string {
    this.rejectSuspended(request, kind);
    const match = /^Bearer +([\x21-\x7e]+) *$/i.exec(request.headers.authorization ?? '');
    if (!match?.[1]) throw unauthorized(`send ${what} as \`Authorization: Bearer <token>\``);
    return match[1];
  }

  /** Accepts a request with the admin token. @throws Problem 401, 429 */
  operator(request: FastifyRequest): void {
    const token = this.bearer(request, 'operator', 'the admin token');
    if (!sameSecret(token, this.adminToken)) throw this.wrong(request, 'operator', 'this is not the admin token');
  }

  /** The problem to throw for a wrong credential; counts it. */
  wrong(request: FastifyRequest, kind: CredentialKind, detail: string): Problem {
    const key = `${kind} ${request.ip}`;
    const now = Date.now();
    const entry = this.failures.get(key);
    if (entry && now - entry.since < WINDOW_MS) entry.count += 1;
    else {
      const [oldest] = this.failures.keys();
      if (this.failures.size >= CAPACITY && oldest !== undefined) this.failures.delete(oldest);
      this.failures.set(key, { count: 1, since: now });
    }
    request.log.warn({ credential: kind, address: request.ip }, 'wrong credential');
    return unauthorized(detail);
  }

  private rejectSuspended(request: FastifyRequest, kind: CredentialKind): void {
    const entry = this.failures.get(`${kind} ${request.ip}`);
    if (!entry || entry.count < this.failuresPerMinute) return;
    const waitS = Math.ceil((entry.since + WINDOW_MS - Date.now()) / 1000);
    if (waitS <= 0) return;
    throw new Problem(429, {
      detail: `too many wrong credentials from this address; try again in ${waitS} s`,
      retryAfter: waitS,
    });
  }
}
