import { reconcileRequestSchema, reconcileResponseSchema } from '../../contract';
import type { App } from '../../http/app-type';
import { problems } from '../../http/openapi';
import type { Services } from '../../services';
import { audited } from '../audited';

/** `POST /api/v1/admin/reconcile` */
export function reconcileRoute(app: App, services: Services): void {
  const { reconciler } = services;
  app.post(
    '/reconcile',
    {
      schema: {
        operationId: 'reconcileKeys',
        summary:
          "Applies today's policy to all keys and people and deletes the keys of deleted workspaces; with `dry_run` only reports what would change",
        tags: ['operator'],
        security: [{ operator: [] }],
        body: reconcileRequestSchema,
        response: { 200: reconcileResponseSchema, ...problems(401, 502, 503) },
      },
    },
    (request) =>
      audited(services, request, { action: 'reconcile', actor: 'operator' }, () =>
        reconciler.run({ dryRun: request.body.dry_run }),
      ),
  );
}
