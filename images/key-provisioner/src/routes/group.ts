import type { App } from '../http/app-type';
import type { Services } from '../services';

/**
 * A Fastify plugin with the routes of one kind of callers. It authenticates in one place, by hooks that hold for all of
 * its routes; the modules of the routes only add them.
 */
export type RouteGroup = (app: App, options: { readonly services: Services }) => Promise<void>;
