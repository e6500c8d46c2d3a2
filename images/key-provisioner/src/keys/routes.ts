/**
 * LiteLLM's routes that a key may call; every other one answers 403, also those of LiteLLM's own group
 * `llm_api_routes` (files, batches, vector stores, images, MCP, provider pass-through). LiteLLM takes an entry for the
 * path itself and for everything below it (measured, 1.108.7); what an entry would open besides, such as Google's
 * `/models/{model}:generateContent` or `/v1/responses/{id}`, does not exist behind the request filter.
 */
export const ALLOWED_ROUTES: readonly string[] = [
  // Agents and editors that speak OpenAI's chat format: Roo Code (which leaves `/v1` out), OpenCode, Continue, Aider.
  '/v1/chat/completions',
  '/chat/completions',
  // Claude Code, and others that speak Anthropic's format.
  '/v1/messages',
  '/v1/messages/count_tokens',
  // Codex.
  '/v1/responses',
  '/responses',
  // Completions and embeddings of editors.
  '/v1/completions',
  '/completions',
  '/v1/embeddings',
  '/embeddings',
  // What is served and what it costs: `ai-models`, Roo Code, `gateway verify`. Also `/v1/models/{model}`.
  '/v1/models',
  '/models',
  '/v1/model/info',
  '/model/info',
  '/model_group/info',
];
