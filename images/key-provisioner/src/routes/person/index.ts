import { rememberPerson, requireBearer, requirePerson } from '../callers';
import type { RouteGroup } from '../group';
import { selfServiceRoute } from './self-service';

/** For people, known by their Coder session token. Coder is asked last, when nothing else is wrong with a request. */
export const personRoutes: RouteGroup = async (app, { services }) => {
  rememberPerson(app);
  app.addHook('onRequest', requireBearer(services, 'person', 'a Coder session token'));
  app.addHook('preHandler', requirePerson(services));
  selfServiceRoute(app, services);
};
