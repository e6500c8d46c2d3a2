import { REQUEST_HEADERS, REQUEST_RULES } from '../litellm-config/request-rules';

/**
 * What of a request reaches LiteLLM on the routes of models: known headers, known query parameters, nothing else.
 * LiteLLM takes a model, a provider's address, tags and time-outs from headers and queries too, so that either could
 * steer a request past the checks of its body. The edge and the doors are both rendered from these lists.
 */

/** Request headers that pass, in lower case: what LiteLLM is shown, and what is of the connection and the message itself. */
export const PASSED_HEADERS: readonly string[] = [
  ...REQUEST_HEADERS.names,
  ...['connection', 'content-length', 'content-type', 'expect'],
];

/** Beginnings of names that pass: what the SDKs and agents say about themselves. */
export const PASSED_HEADER_PREFIXES: readonly string[] = REQUEST_HEADERS.prefixes;

/** Query parameters of one route that pass. */
export interface PassedQuery {
  readonly method: 'GET' | 'POST';
  /** Whole path. */
  readonly path: string;
  readonly parameters: readonly string[];
  /** More that the edge passes for LiteLLM's admin pages, which no workspace has. */
  readonly ofAdminPages: readonly string[];
}

/** Everything else in a query is dropped in silence: a new harmless parameter of an agent must not stop it. */
export const PASSED_QUERIES: readonly PassedQuery[] = REQUEST_RULES.flatMap(
  ({ paths, fields, query, adminQuery = {} }) =>
    paths.map((path) => ({
      // A route without fields is read.
      method: fields.length > 0 ? ('POST' as const) : ('GET' as const),
      path,
      parameters: Object.keys(query),
      ofAdminPages: Object.keys(adminQuery),
    })),
).filter(({ path, parameters, ofAdminPages }) => !path.includes('{') && parameters.length + ofAdminPages.length > 0);

/**
 * First segments of the paths of LiteLLM's admin pages and admin API. The edge leaves their headers and queries alone;
 * a path that begins otherwise counts as a route of models, however it is spelled.
 */
export const ADMIN_SEGMENTS: readonly string[] = [
  ...['.well-known', '_next', 'access_group', 'active', 'add', 'alerting', 'audit', 'budget', 'cache', 'callbacks'],
  ...['config', 'coordination_redis', 'cost', 'credentials', 'customer', 'debug', 'delete', 'email', 'end_user'],
  ...['fallback', 'gateway', 'get', 'get_favicon', 'get_image', 'get_logo_url', 'global', 'health', 'invitation'],
  ...['key', 'litellm', 'litellm-asset-prefix', 'login', 'management', 'model_group', 'model_hub', 'onboarding'],
  ...['organization', 'project', 'provider', 'public', 'reload', 'router', 'routes', 'schedule', 'session'],
  ...['settings', 'spend', 'sso', 'tag', 'team', 'ui', 'update', 'upload', 'user', 'v2', 'v3'],
];
