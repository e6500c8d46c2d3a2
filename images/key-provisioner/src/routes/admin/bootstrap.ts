import { type BootstrapResponse, bootstrapRequestSchema, bootstrapResponseSchema } from '../../contract';
import type { App } from '../../http/app-type';
import { asProblem } from '../../http/error-handler';
import { problems } from '../../http/openapi';
import { keyName } from '../../keys/key-id';
import type { Services } from '../../services';
import { audited } from '../audited';

/** People handled at the same time. */
const CONCURRENCY = 4;

type User = { username: string; user_id?: string; max_budget?: number; rpm_limit?: number };

/** `POST /api/v1/admin/keys/bootstrap` */
export function bootstrapRoute(app: App, services: Services): void {
  app.post(
    '/keys/bootstrap',
    {
      bodyLimit: 1024 * 1024,
      schema: {
        operationId: 'bootstrapKeys',
        summary: 'Creates keys for many people at once; can be repeated, as only people without a key get one',
        tags: ['operator'],
        security: [{ operator: [] }],
        body: bootstrapRequestSchema,
        response: { 200: bootstrapResponseSchema, ...problems(401, 502, 503) },
      },
    },
    async (request) => {
      const result: BootstrapResponse = { created: [], existing: [], failed: [] };
      const queue = [...(request.body.users as User[])];
      const worker = async () => {
        for (let user = queue.shift(); user; user = queue.shift()) await bootstrap(services, request, user, result);
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, worker));
      return result;
    },
  );
}

async function bootstrap(
  services: Services,
  request: Parameters<typeof audited>[1],
  { username, user_id = username, ...limits }: User,
  result: BootstrapResponse,
): Promise<void> {
  const { ledger, keyring } = services;
  const id = { scope: 'user', subject: user_id } as const;
  const overrides = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  try {
    const [existing] = await ledger.find(id, user_id);
    if (existing) {
      result.existing.push({ username, name: keyName(id), state: existing.state });
      return;
    }
    const key = await audited(services, request, { action: 'bootstrap', actor: 'operator', id }, () =>
      keyring.issue({
        id,
        owner: user_id,
        username,
        ...(Object.keys(overrides).length > 0 ? { overrides } : {}),
      }),
    );
    if (key.reused) result.existing.push({ username, name: key.name, state: 'active' });
    else result.created.push({ ...key, username });
  } catch (error) {
    result.failed.push({ username, detail: asProblem(error, request).message });
  }
}
