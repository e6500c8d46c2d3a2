import type { RouteGroup } from '../group';
import { bootstrapRoute } from './bootstrap';
import { createKeyRoute } from './create';
import { listKeysRoute } from './list';
import { oneKeyRoutes } from './one-key';
import { reconcileRoute } from './reconcile';
import { spendCorrectedRoute } from './spend-corrected';

/** For operators, known by the admin token. */
export const adminRoutes: RouteGroup = async (app, { services }) => {
  app.addHook('onRequest', async (request) => services.authentication.operator(request));
  for (const route of [
    listKeysRoute,
    createKeyRoute,
    bootstrapRoute,
    oneKeyRoutes,
    reconcileRoute,
    spendCorrectedRoute,
  ]) {
    route(app, services);
  }
};
