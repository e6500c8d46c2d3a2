import { openApiRoute } from '../../http/openapi';
import type { RouteGroup } from '../group';
import { healthRoutes } from './health';
import { metricsRoute } from './metrics';

/** For everyone, without a credential: no answer says anything about a key, a person or a workspace. */
export const publicRoutes: RouteGroup = async (app, { services }) => {
  for (const route of [healthRoutes, metricsRoute, openApiRoute]) route(app, services);
};
