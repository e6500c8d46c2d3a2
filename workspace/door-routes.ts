/** A request that a workspace may make: nothing else exists on its side of the door. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** Exact path; a segment `{name}` stands for one plain word (letters, digits, `.`, `_`, `-`). */
  readonly path: string;
}

/**
 * What agents, editors and `ai-models` ask of LiteLLM. Left out on purpose: `/health` (calls every model, for money),
 * `/ui`, `/openapi.json`, `/key/*` and everything else of the admin API, batches, files and pass-through routes.
 * Roo Code's provider writes the paths without `/v1`.
 */
export const LITELLM_ROUTES: readonly Route[] = [
  { method: 'POST', path: '/v1/chat/completions' },
  { method: 'POST', path: '/chat/completions' },
  { method: 'POST', path: '/v1/messages' },
  { method: 'POST', path: '/v1/messages/count_tokens' },
  { method: 'POST', path: '/v1/responses' },
  { method: 'POST', path: '/v1/completions' },
  { method: 'POST', path: '/v1/embeddings' },
  { method: 'GET', path: '/v1/models' },
  { method: 'GET', path: '/v1/models/{model}' },
  { method: 'GET', path: '/models' },
  { method: 'GET', path: '/api/oauth/usage' },
  { method: 'GET', path: '/v1/model/info' },
  { method: 'GET', path: '/model/info' },
  { method: 'GET', path: '/health/readiness' },
  { method: 'GET', path: '/health/liveliness' },
];

/** The key-provisioner's calls for workspaces and people; its admin API, metrics and contract stay inside. */
export const KEY_PROVISIONER_ROUTES: readonly Route[] = [
  { method: 'POST', path: '/api/v1/keys/workspace' },
  { method: 'POST', path: '/api/v1/workspaces/configure' },
  { method: 'POST', path: '/api/v1/keys/self-service' },
  { method: 'GET', path: '/api/v1/keys/info' },
  { method: 'POST', path: '/api/v1/keys/rotate' },
  { method: 'GET', path: '/health' },
  { method: 'GET', path: '/health/ready' },
];
