import type { App } from '../http/app-type';
import type { Services } from '../services';
import { bootstrapRoute } from './admin/bootstrap';
import { createKeyRoute } from './admin/create';
import { listKeysRoute } from './admin/list';
import { oneKeyRoutes } from './admin/one-key';
import { reconcileRoute } from './admin/reconcile';
import { configureRoute } from './configure';
import { healthRoutes } from './health';
import { keyInfoRoute } from './key-info';
import { rotateRoute } from './rotate';
import { selfServiceRoute } from './self-service';
import { workspaceKeyRoute } from './workspace-key';

/** The whole API. */
export function registerRoutes(app: App, services: Services): void {
  for (const route of [
    workspaceKeyRoute,
    configureRoute,
    selfServiceRoute,
    keyInfoRoute,
    rotateRoute,
    listKeysRoute,
    createKeyRoute,
    bootstrapRoute,
    oneKeyRoutes,
    reconcileRoute,
    healthRoutes,
  ]) {
    route(app, services);
  }
}
