import { spendCorrectedRequestSchema, spendCorrectedResponseSchema } from '../../contract';
import type { App } from '../../http/app-type';
import { problems } from '../../http/openapi';
import { keyName } from '../../keys/key-id';
import { readRecord } from '../../keys/record';
import type { Services } from '../../services';

/** `POST /api/v1/admin/spend-corrected` */
export function spendCorrectedRoute(app: App, services: Services): void {
  app.post(
    '/spend-corrected',
    {
      schema: {
        operationId: 'announceCorrectedSpend',
        summary:
          'Makes LiteLLM read the spend of keys and people again, after it was corrected in the database; otherwise it notices within a minute',
        tags: ['operator'],
        security: [{ operator: [] }],
        body: spendCorrectedRequestSchema,
        response: { 200: spendCorrectedResponseSchema, ...problems(401, 503) },
      },
    },
    async ({ body, id }) => {
      const result = { refreshed: 0, failed: 0 };
      for (const hash of body.keys) await refresh(services, id, result, () => refreshKey(services, hash));
      for (const person of body.people) await refresh(services, id, result, () => refreshPerson(services, person));
      return result;
    },
  );
}

type Subject = { readonly key: string } | { readonly person: string };

/** One account after the other: it is work in the background of what people do. */
async function refresh(
  { audit }: Services,
  requestId: string,
  result: { refreshed: number; failed: number },
  work: () => Promise<Subject | undefined>,
): Promise<void> {
  const line = { action: 'correct-spend', actor: 'operator' } as const;
  try {
    const subject = await work();
    if (!subject) return;
    result.refreshed += 1;
    audit.record({ ...line, ...subject, outcome: 'done' }, requestId);
  } catch (error) {
    result.failed += 1;
    audit.record({ ...line, outcome: 'failed', reason: (error as Error).message }, requestId);
  }
}

/** An update drops the key from LiteLLM's cache, also one that changes nothing (measured). */
async function refreshKey({ litellm, derivation }: Services, hash: string): Promise<Subject | undefined> {
  const row = await litellm.keyInfo(hash);
  if (!row || row.status === 'deleted') return undefined;
  if (!(await litellm.updateKey(hash, {}))) return undefined;
  const record = readRecord(row, derivation);
  return { key: record ? keyName(record.id) : (row.key_name ?? hash) };
}

/** A person is dropped from the cache only where their budget is sent (measured). */
async function refreshPerson({ litellm }: Services, id: string): Promise<Subject | undefined> {
  const user = await litellm.userInfo(id);
  if (!user) return undefined;
  await litellm.updateUser({ user_id: id, max_budget: user.max_budget ?? null });
  return { person: id };
}
