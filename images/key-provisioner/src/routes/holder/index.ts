import type { FastifyRequest } from 'fastify';
import { claimedIdentity, rememberPerson, requireBearer, requirePerson, requireWorkspace } from '../callers';
import type { RouteGroup } from '../group';
import { rotateRoute } from './rotate';

/** For holders of a key: a workspace where the body names one, else a person. */
export const holderRoutes: RouteGroup = async (app, { services }) => {
  rememberPerson(app);
  const [workspace, person] = [requireWorkspace(services), requirePerson(services)];
  app.addHook('onRequest', requireBearer(services, 'workspace', "the workspace's token, or a Coder session token"));
  app.addHook('preHandler', (request: FastifyRequest) =>
    claimedIdentity(request.body) ? workspace(request) : person(request),
  );
  rotateRoute(app, services);
};
