import { BILLED_EXTRAS, SCOPES, type Settings } from '../settings/schema';

/**
 * What of a request reaches LiteLLM, per route. LiteLLM reads many more fields, query parameters and headers than the APIs it
 * speaks, and obeys them: another provider or address, somebody else's credential, more retries, another name to book on.
 * `images/litellm/request_filter.py` applies these rules in front of LiteLLM, before it has looked at anything.
 */

/** Fields of one body, and where it is written that the provider knows them. */
export interface FieldGroup {
  readonly source: string;
  readonly fields: readonly string[];
}

/** The rule of one kind of request. Whatever it does not name is taken out. */
export interface RequestRule {
  /** Exact paths; `{model}` is one segment. */
  readonly paths: readonly string[];
  /** Whose errors the caller understands. */
  readonly envelope: 'anthropic' | 'openai';
  /** Fields that LiteLLM is shown. Of `metadata` only `user_id`: LiteLLM keeps its own books in it. */
  readonly fields: readonly FieldGroup[];
  /**
   * Fields of the provider's API that go to it past LiteLLM, which does not know or misreads them.
   * @default - none
   */
  readonly carried?: readonly FieldGroup[];
  /** Whether fields that nobody knows go to the provider too, past LiteLLM: Claude Code's gateway protocol asks for it. */
  readonly carryUnknown: boolean;
  /** Query parameters that stay, with the value they must have; `*` is one plain word. */
  readonly query: Readonly<Record<string, string>>;
  /**
   * More of them, which LiteLLM's admin pages send; workspaces have no such pages.
   * @default - none
   */
  readonly adminQuery?: Readonly<Record<string, string>>;
}

const MESSAGES_API = 'https://platform.claude.com/docs/en/api/messages (SDK 1.14.0: MessageCreateParams, beta)';
const COUNT_API =
  'https://platform.claude.com/docs/en/api/messages-count-tokens (SDK 1.14.0: MessageCountTokensParams)';
const CHAT_API = 'https://platform.openai.com/docs/api-reference/chat/create (SDK 7.57.0: ChatCompletionCreateParams)';
const RESPONSES_API =
  'https://platform.openai.com/docs/api-reference/responses/create (SDK 7.57.0: ResponseCreateParams)';
const COMPLETIONS_API = 'https://platform.openai.com/docs/api-reference/completions/create (SDK 7.57.0)';
const EMBEDDINGS_API = 'https://platform.openai.com/docs/api-reference/embeddings/create (SDK 7.57.0)';
const CLAUDE_CODE = 'Claude Code, recorded (auto mode)';
const CODEX = 'Codex CLI, recorded';

const ANTHROPIC_MESSAGES: readonly FieldGroup[] = [
  {
    source: MESSAGES_API,
    fields: [
      ...['model', 'messages', 'system', 'max_tokens', 'stream', 'stop_sequences', 'metadata'],
      ...['temperature', 'top_p', 'top_k', 'thinking', 'tools', 'tool_choice', 'cache_control'],
      ...['container', 'context_management', 'compaction', 'mcp_servers', 'output_config', 'output_format'],
      ...['inference_geo', 'speed'],
    ],
  },
  { source: CLAUDE_CODE, fields: ['safeguards'] },
];

/** What Anthropic's API knows and LiteLLM drops, or takes for something of its own (`tags` ended in a 500). */
const ANTHROPIC_CARRIED: readonly FieldGroup[] = [
  { source: MESSAGES_API, fields: ['diagnostics', 'service_tier', 'thread', 'fallback_credit_token'] },
  { source: 'beta request-tags-2026-08-21', fields: ['tags'] },
];

const OPENAI_CHAT: readonly FieldGroup[] = [
  {
    source: CHAT_API,
    fields: [
      ...['model', 'messages', 'max_tokens', 'max_completion_tokens', 'stream', 'stream_options', 'stop', 'n', 'user'],
      ...['temperature', 'top_p', 'frequency_penalty', 'presence_penalty', 'seed', 'logit_bias', 'logprobs'],
      ...['top_logprobs', 'tools', 'tool_choice', 'parallel_tool_calls', 'functions', 'function_call'],
      ...['response_format', 'reasoning_effort', 'verbosity', 'prediction', 'modalities', 'audio', 'metadata', 'store'],
      ...['service_tier', 'safety_identifier', 'prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention'],
      ...['moderation', 'web_search_options'],
    ],
  },
  {
    // What an agent says to Claude where OpenAI's API has no word for it.
    source: MESSAGES_API,
    fields: [
      ...['thinking', 'top_k', 'stop_sequences', 'container', 'context_management', 'mcp_servers', 'output_config'],
      ...['inference_geo', 'speed'],
    ],
  },
];

const OPENAI_RESPONSES: readonly FieldGroup[] = [
  {
    source: RESPONSES_API,
    fields: [
      ...['model', 'input', 'instructions', 'max_output_tokens', 'max_tool_calls', 'stream', 'stream_options', 'user'],
      ...['temperature', 'top_p', 'top_logprobs', 'tools', 'tool_choice', 'parallel_tool_calls', 'reasoning', 'text'],
      ...['include', 'truncation', 'store', 'background', 'previous_response_id', 'conversation', 'context_management'],
      ...['metadata', 'service_tier', 'safety_identifier', 'prompt_cache_key', 'prompt_cache_options'],
      ...['prompt_cache_retention', 'moderation', 'access_programs'],
    ],
  },
  { source: CODEX, fields: ['client_metadata'] },
];

/** Every route that a key may use. A route of LiteLLM's model APIs that is not here does not exist (404). */
export const REQUEST_RULES: readonly RequestRule[] = [
  {
    paths: ['/v1/messages'],
    envelope: 'anthropic',
    fields: ANTHROPIC_MESSAGES,
    carried: ANTHROPIC_CARRIED,
    carryUnknown: true,
    query: { beta: 'true' },
  },
  {
    paths: ['/v1/messages/count_tokens'],
    envelope: 'anthropic',
    fields: [{ source: COUNT_API, fields: ['model', 'messages', 'system', 'tools'] }],
    carried: [
      {
        source: COUNT_API,
        fields: [
          ...['thinking', 'tool_choice', 'cache_control', 'context_management', 'compaction', 'mcp_servers'],
          ...['output_config', 'output_format', 'speed'],
        ],
      },
    ],
    carryUnknown: true,
    query: { beta: 'true' },
  },
  {
    paths: ['/v1/chat/completions', '/chat/completions'],
    envelope: 'openai',
    fields: OPENAI_CHAT,
    carryUnknown: false,
    query: {},
  },
  {
    paths: ['/v1/responses', '/responses'],
    envelope: 'openai',
    fields: OPENAI_RESPONSES,
    carryUnknown: false,
    query: {},
  },
  {
    paths: ['/v1/completions', '/completions'],
    envelope: 'openai',
    fields: [
      {
        source: COMPLETIONS_API,
        fields: [
          ...['model', 'prompt', 'best_of', 'echo', 'frequency_penalty', 'logit_bias', 'logprobs', 'max_tokens', 'n'],
          ...['presence_penalty', 'seed', 'stop', 'stream', 'stream_options', 'suffix', 'temperature', 'top_p', 'user'],
        ],
      },
    ],
    carryUnknown: false,
    query: {},
  },
  {
    paths: ['/v1/embeddings', '/embeddings'],
    envelope: 'openai',
    fields: [{ source: EMBEDDINGS_API, fields: ['model', 'input', 'dimensions', 'encoding_format', 'user'] }],
    carryUnknown: false,
    query: {},
  },
  {
    paths: ['/v1/models', '/models', '/v1/models/{model}'],
    envelope: 'openai',
    fields: [],
    carryUnknown: false,
    // https://platform.claude.com/docs/en/api/models-list; client_version: Codex.
    query: { limit: '*', before_id: '*', after_id: '*', client_version: '*' },
    adminQuery: {
      ...{ return_wildcard_routes: '*', team_id: '*', include_model_access_groups: '*', only_model_access_groups: '*' },
      ...{ include_metadata: '*', fallback_type: '*', scope: '*' },
    },
  },
  {
    paths: ['/v1/model/info', '/model/info', '/model_group/info'],
    envelope: 'openai',
    fields: [],
    carryUnknown: false,
    query: {},
    adminQuery: { litellm_model_id: '*', model_group: '*' },
  },
];

/**
 * Fields of Anthropic's API that must not go on: another model answers (`fallbacks`), or somebody else pays or is named
 * (`billing_policy`, `user_profile_id`, `workspace_id`). With them, fields that some function of LiteLLM reads although none
 * of its types names them.
 */
const NOT_CARRIED: readonly string[] = [
  ...['fallbacks', 'billing_policy', 'user_profile_id', 'workspace_id', 'betas'],
  ...['api_key', 'base_url', 'extra_body', 'extra_headers', 'extra_query', 'headers', 'provider_specific_header'],
  ...['specific_deployment', 'user_config', 'router_settings_override', 'model_group', 'user_api_key_dict'],
];

const NOT_CARRIED_PREFIXES: readonly string[] = [
  ...['_', 'litellm', 'aws_', 'azure_', 'vertex_', 'watsonx_', 'mock_', 'langfuse_', 'user_api_key', 'x-litellm'],
  ...['input_cost_', 'output_cost_', 'cache_creation_', 'cache_read_'],
];

/** Names inside `metadata` in which LiteLLM keeps its own books. */
const METADATA_NAMES: readonly string[] = [
  ...['generation_name', 'generation_id', 'session_id', 'trace_id', 'trace_name', 'spend_logs_metadata', 'endpoint'],
  ...['requester_metadata', 'requester_ip_address', 'deployment', 'model_group', 'user', 'project', 'policies'],
];

/**
 * Request headers that LiteLLM is shown on these routes; `x-litellm-*` and the like steer it as body fields do. Agents' own
 * names of a session stay: by them LiteLLM groups a session's lines in its log.
 */
export const REQUEST_HEADERS = {
  names: [
    ...['host', 'authorization', 'x-api-key', 'accept', 'accept-encoding', 'accept-language', 'user-agent'],
    ...['origin', 'anthropic-version', 'anthropic-beta', 'anthropic-dangerous-direct-browser-access', 'x-app'],
    ...['openai-beta', 'x-request-id', 'x-client-request-id'],
    ...['originator', 'session-id', 'thread-id', 'x-session-id', 'x-session-affinity', 'x-parent-session-id'],
  ],
  prefixes: ['x-stainless-', 'x-claude-code-', 'x-codex-'],
} as const;

/** Requests that a provider bills. */
const SPENDING: readonly string[] = ['/v1/messages', '/v1/chat/completions', '/v1/responses', '/v1/completions'];

/** The longest body, as long as Anthropic's API takes: 32 MB. */
export const MAX_BODY_BYTES = 33_554_432;

/** What a key of no policy may ask for: LiteLLM's own keys say nothing of a scope. */
const allowedEverywhere = ({ policies }: Settings) =>
  BILLED_EXTRAS.filter((extra) => SCOPES.every((scope) => policies[scope].allow.includes(extra)));

/** The rules as `request_filter.py` reads them: the content of `request-rules.json`. */
export function requestRulesJson(settings: Settings): string {
  const names = (groups: readonly FieldGroup[]) => groups.flatMap(({ fields }) => fields);
  const rules = {
    routes: REQUEST_RULES.map(({ paths, envelope, fields, carried = [], carryUnknown, query, adminQuery = {} }) => ({
      paths,
      envelope,
      fields: names(fields),
      carried: names(carried),
      carry_unknown: carryUnknown,
      spends: paths.some((path) => SPENDING.includes(path)),
      query: { ...query, ...adminQuery },
    })),
    headers: REQUEST_HEADERS,
    max_body_bytes: MAX_BODY_BYTES,
    litellm_names: NOT_CARRIED,
    litellm_prefixes: NOT_CARRIED_PREFIXES,
    litellm_metadata_names: METADATA_NAMES,
    allow: Object.fromEntries(SCOPES.map((scope) => [scope, settings.policies[scope].allow])),
    allow_otherwise: allowedEverywhere(settings),
  };
  return `${JSON.stringify(rules, null, 2)}\n`;
}
