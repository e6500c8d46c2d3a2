import { rememberKey, requireBearer, requireKey } from '../callers';
import type { RouteGroup } from '../group';
import { keyInfoRoute } from './info';

/** For holders of a virtual key, which is itself the credential. LiteLLM is asked about it last. */
export const keyRoutes: RouteGroup = async (app, { services }) => {
  rememberKey(app);
  app.addHook('onRequest', requireBearer(services, 'key', 'a virtual key'));
  app.addHook('preHandler', requireKey(services));
  keyInfoRoute(app, services);
};
