import type { FastifyRequest } from 'fastify';
import type { Decision } from '../audit';
import { asProblem } from '../http/error-handler';
import { type KeyId, keyName } from '../keys/key-id';
import type { Services } from '../services';

interface Subject {
  readonly action: Decision['action'];
  readonly actor: string;
  readonly id?: KeyId;
}

/** Runs a decision and leaves one audit line that says how it ended. */
export async function audited<T>(
  { audit }: Services,
  request: FastifyRequest,
  { action, actor, id }: Subject,
  decide: () => Promise<T>,
): Promise<T> {
  const line = { action, actor, ...named(id) };
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

/** Runs the check of a caller and leaves an audit line where it rejects them; an accepted request leaves its own later. */
export async function auditedCheck(
  { audit }: Services,
  request: FastifyRequest,
  { actor, id, scope }: { readonly actor: string; readonly id?: KeyId; readonly scope?: string },
  check: () => Promise<void>,
): Promise<void> {
  const { action = 'authenticate' } = request.routeOptions.config;
  await check().catch((error: unknown) => {
    const about = scope ? { scope } : named(id);
    audit.record({ action, actor, ...about, ...failure(error, request) }, request.id);
    throw error;
  });
}

const named = (id: KeyId | undefined) => (id ? { key: keyName(id), scope: id.scope } : {});

const failure = (error: unknown, request: FastifyRequest) => ({
  outcome: asProblem(error, request).status < 500 ? ('refused' as const) : ('failed' as const),
  reason: error instanceof Error ? error.message : String(error),
});
