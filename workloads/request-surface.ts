/**
 * What of a request reaches LiteLLM on the routes of models: known headers, known query parameters, nothing else.
 * LiteLLM takes a model, a provider's address, tags and time-outs from headers and queries too, so that either could
 * steer a request past the checks of its body. The edge and the doors are both rendered from these lists.
 */

/** Request headers that pass, in lower case. */
export const PASSED_HEADERS: readonly string[] = [
  // Of the message itself; what is hop by hop belongs to whoever forwards.
  'host',
  'connection',
  'content-length',
  'content-type',
  'expect',
  // The caller's key.
  'authorization',
  'x-api-key',
  // What the caller is and takes.
  'accept',
  'accept-encoding',
  'accept-language',
  'user-agent',
  // Anthropic's and OpenAI's protocols.
  'anthropic-version',
  'anthropic-beta',
  'anthropic-dangerous-direct-browser-access',
  'openai-beta',
  'x-app',
  'x-request-id',
];

/** Beginnings of names that pass: what the SDKs and Claude Code say about themselves. */
export const PASSED_HEADER_PREFIXES: readonly string[] = ['x-stainless-', 'x-claude-code-'];

/** Query parameters of one route that pass. */
export interface PassedQuery {
  readonly method: 'GET' | 'POST';
  /** Whole path. */
  readonly path: string;
  readonly parameters: readonly string[];
  /** More that the edge passes for LiteLLM's admin pages, which no workspace has. @default - none */
  readonly ofAdminPages?: readonly string[];
}

const PAGES = ['limit', 'before_id', 'after_id'];
const MODEL_LISTS = [
  ...['return_wildcard_routes', 'team_id', 'include_model_access_groups', 'only_model_access_groups'],
  ...['include_metadata', 'fallback_type', 'scope'],
];

/** Everything else in a query is dropped in silence: a new harmless parameter of an agent must not stop it. */
export const PASSED_QUERIES: readonly PassedQuery[] = [
  { method: 'POST', path: '/v1/messages', parameters: ['beta'] },
  { method: 'POST', path: '/v1/messages/count_tokens', parameters: ['beta'] },
  { method: 'GET', path: '/v1/models', parameters: PAGES, ofAdminPages: MODEL_LISTS },
  { method: 'GET', path: '/models', parameters: PAGES, ofAdminPages: MODEL_LISTS },
  { method: 'GET', path: '/v1/model/info', parameters: [], ofAdminPages: ['litellm_model_id'] },
  { method: 'GET', path: '/model/info', parameters: [], ofAdminPages: ['litellm_model_id'] },
];

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
