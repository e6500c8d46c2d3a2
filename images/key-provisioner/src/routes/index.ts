import type { App } from '../http/app-type';
import type { Services } from '../services';
import { adminRoutes } from './admin';
import type { RouteGroup } from './group';
import { holderRoutes } from './holder';
import { keyRoutes } from './key';
import { personRoutes } from './person';
import { publicRoutes } from './public';
import { workspaceRoutes } from './workspace';

/** Every kind of callers with the prefix of its routes. */
const GROUPS: readonly (readonly [prefix: string, group: RouteGroup])[] = [
  ['/api/v1', workspaceRoutes],
  ['/api/v1/keys', personRoutes],
  ['/api/v1/keys', keyRoutes],
  ['/api/v1/keys', holderRoutes],
  ['/api/v1/admin', adminRoutes],
  ['', publicRoutes],
];

/** The whole API. From here on the application rejects routes outside of a group, which no hook would authenticate. */
export async function registerRoutes(app: App, services: Services): Promise<void> {
  app.addHook('onRoute', function rejectUngrouped({ method, url }) {
    if (this === app)
      throw new Error(`${method} ${url} belongs to no group of callers; add it to one in routes/index.ts`);
  });
  for (const [prefix, group] of GROUPS) await app.register(group, { prefix, services });
}
