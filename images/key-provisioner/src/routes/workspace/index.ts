import { requireBearer, requireWorkspace } from '../callers';
import type { RouteGroup } from '../group';
import { configureRoute } from './configure';
import { workspaceKeyRoute } from './key';

/** For workspaces, known by the token that proves the ids in the body: so it is checked once the body is read. */
export const workspaceRoutes: RouteGroup = async (app, { services }) => {
  app.addHook('onRequest', requireBearer(services, 'workspace', "the workspace's token"));
  app.addHook('preHandler', requireWorkspace(services));
  for (const route of [workspaceKeyRoute, configureRoute]) route(app, services);
};
