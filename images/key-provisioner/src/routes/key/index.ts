import { rememberKey, requireBearer, requireKey } from '../callers';
import type { RouteGroup } from '../group';
import { keyInfoRoute } from './info';

/** For whoever has a virtual key, which is the credential itself. LiteLLM is asked about it last. */
export const keyRoutes: RouteGroup = async (app, { services }) => {
  rememberKey(app);
  app.addHook('onRequest', requireBearer(services, 'key', 'a virtual key'));
  app.addHook('preHandler', requireKey(services));
  keyInfoRoute(app, services);
};
