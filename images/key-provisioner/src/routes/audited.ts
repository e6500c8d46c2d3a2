import type { FastifyRequest } from 'fastify';
import type { Decision } from '../audit';
import type { CoderUser } from '../coder/client';
import { requirePerson } from '../http/callers';
import { asProblem } from '../http/error-handler';
import { type KeyId, keyName } from '../keys/key-id';
import type { Services } from '../services';

interface Subject {
  readonly action: Decision['action'];
  readonly actor: string;
  readonly id?: KeyId;
}

/** Runs a decision and leaves one audit line of how it ended. */
export async function audited<T>(
  { audit }: Services,
  request: FastifyRequest,
  { action, actor, id }: Subject,
  decide: () => Promise<T>,
): Promise<T> {
  const line = { action, actor, ...(id ? { key: keyName(id), scope: id.scope } : {}) };
  try {
    const result = await decide();
    const { reused } = (result ?? {}) as { reused?: boolean };
    const outcome = reused === undefined ? 'done' : reused ? 'reused' : 'created';
    audit.record({ ...line, outcome }, request.id);
    return result;
  } catch (error) {
    audit.record({ ...line, ...failure(error, request) }, request.id);
    throw error;
  }
}

/** The person whose session a request carries; leaves an audit line where there is none. */
export async function auditedPerson(
  services: Services,
  request: FastifyRequest,
  action: Decision['action'],
): Promise<CoderUser> {
  return requirePerson(services, request).catch((error: unknown) => {
    services.audit.record({ action, actor: 'somebody', scope: 'user', ...failure(error, request) }, request.id);
    throw error;
  });
}

const failure = (error: unknown, request: FastifyRequest) => ({
  outcome: asProblem(error, request).status < 500 ? ('refused' as const) : ('failed' as const),
  reason: error instanceof Error ? error.message : String(error),
});
