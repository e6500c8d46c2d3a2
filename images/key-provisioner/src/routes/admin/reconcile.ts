import { reconcileRequestSchema, reconcileResponseSchema } from '../../contract';
import type { App } from '../../http/app-type';
import { problems } from '../../http/openapi';
import { conflict } from '../../problem';
import type { Services } from '../../services';
import { audited } from '../audited';

export function reconcileRoute(app: App, services: Services): void {
  const { authentication, reconciler } = services;
  app.post(
    '/api/v1/admin/reconcile',
    {
      onRequest: async (request) => authentication.operator(request),
      schema: {
        summary: 'Deletes the keys of deleted workspaces now; with `dry_run` only tells which',
        tags: ['operator'],
        security: [{ operator: [] }],
        body: reconcileRequestSchema,
        response: { 200: reconcileResponseSchema, ...problems(401, 409, 502, 503) },
      },
    },
    async (request) => {
      if (!reconciler) {
        throw conflict('the reconciler needs Coder: set coder.url in gateway.yaml and coder_token, and deploy');
      }
      return audited(services, request, { action: 'reconcile', actor: 'operator' }, () =>
        reconciler.run({ dryRun: request.body.dry_run }),
      );
    },
  );
}
