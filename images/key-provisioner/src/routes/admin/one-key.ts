import { z } from 'zod';
import { issuedKeySchema, keyInfoSchema } from '../../contract';
import type { App } from '../../http/app-type';
import { problems } from '../../http/openapi';
import { keyName } from '../../keys/key-id';
import type { KeyRecord } from '../../keys/record';
import { conflict, notFound, Problem } from '../../problem';
import type { Services } from '../../services';
import { audited } from '../audited';
import { fullInfo, keyIdOf, nameParameter, operator } from './shared';

const OPERATION_IDS = { revoke: 'revokeKey', restore: 'restoreKey', 'reset-spend': 'resetKeySpend' } as const;

/** Everything under `/api/v1/admin/keys/{name}`. */
export function oneKeyRoutes(app: App, services: Services): void {
  const { operations, rotation } = services;
  const shared = { tags: ['operator'], security: [{ operator: [] }], params: nameParameter };

  app.get(
    '/keys/:name',
    {
      schema: {
        ...shared,
        operationId: 'getKey',
        summary: "One key, with its owner's cap",
        response: { 200: keyInfoSchema, ...problems(401, 404, 502, 503) },
      },
    },
    async ({ params }) => fullInfo(services, await operations.get(keyIdOf(params.name))),
  );

  app.delete(
    '/keys/:name',
    {
      schema: {
        ...shared,
        operationId: 'deleteKey',
        summary: 'Deletes a key; if its holder asks again, they get a new one',
        response: { 204: z.null().describe('Deleted.'), ...problems(401, 404, 502, 503) },
      },
    },
    async (request, reply) => {
      const id = keyIdOf(request.params.name);
      await audited(services, request, operator('delete', id), () => operations.delete(id));
      return reply.status(204).send(null);
    },
  );

  const change = (
    action: 'revoke' | 'restore' | 'reset-spend',
    summary: string,
    run: (id: ReturnType<typeof keyIdOf>) => Promise<KeyRecord>,
  ) =>
    app.post(
      `/keys/:name/${action}`,
      {
        schema: {
          ...shared,
          operationId: OPERATION_IDS[action],
          summary,
          response: { 200: keyInfoSchema, ...problems(401, 404, 502, 503) },
        },
      },
      async (request) => {
        const id = keyIdOf(request.params.name);
        return fullInfo(services, await audited(services, request, operator(action, id), () => run(id)));
      },
    );
  change('revoke', 'Blocks a key until it is restored; restarting its workspace does not bring it back', (id) =>
    operations.revoke(id),
  );
  change('restore', 'Makes a revoked key work again', (id) => operations.restore(id));
  change('reset-spend', 'Resets what the key has spent in the current budget window to zero', (id) =>
    operations.resetSpend(id),
  );

  app.post(
    '/keys/:name/rotate',
    {
      schema: {
        ...shared,
        operationId: 'rotateKey',
        summary: 'Replaces a key with its next generation; the old one stops working',
        response: { 200: issuedKeySchema, ...problems(401, 404, 409, 502, 503) },
      },
    },
    async (request) => {
      const id = keyIdOf(request.params.name);
      return audited(services, request, operator('rotate', id), async () => {
        const key = await rotation.rotate(id, { pause: false }).catch((error: unknown) => {
          if (!(error instanceof Problem) || error.status !== 403) throw error;
          throw conflict(`the key "${keyName(id)}" is revoked; restore or delete it first`);
        });
        if (!key) throw notFound(`there is no key named "${keyName(id)}"; \`gateway keys list\` shows all keys`);
        return key;
      });
    },
  );
}
